package io.alidade.synth.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptSetTest {
  @TempDir Path folder;

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  @ParameterizedTest
  @CsvSource({
    "short-long,  'user_query,positive_document,hard_negative_document'",
    "long-short,  'input_text,label,misleading_label'",
    "short-short, 'input,positive_document,'",
    "long-long,   'input,positive_document,'",
    "sts,         'S1,S2,S3'",
    "bitext,      'S1,S2,S3'",
  })
  void builtIn_kinds_haveThePapersKeysAndSteps(String name, String keys) {
    Prompt prompt = PromptSet.builtIn().generate(name);

    assertThat(prompt.header().kind()).isEqualTo(TaskKind.of(name));
    assertThat(prompt.queryKey() + "," + prompt.positiveKey() + "," + prompt.negativeKey())
        .isEqualTo(keys);
    assertThat(prompt.taskNeeded()).isEqualTo(!prompt.header().kind().symmetric());
    assertThat(prompt.bilingual()).isEqualTo(name.equals("bitext"));
    assertThat(prompt.placeholders()).containsAll(prompt.header().values().keySet());
    prompt
        .header()
        .fields()
        .values()
        .forEach(key -> assertThat(prompt.text()).contains('"' + key + '"'));
  }

  @Test
  void builtIn_values_areThePapers() {
    Map<String, List<String>> values = PromptSet.builtIn().generate("short-long").header().values();
    assertThat(values.get("query_length"))
        .containsExactly("less than 5 words", "5 to 15 words", "at least 10 words");
    assertThat(values.get("num_words")).containsExactly("50", "100", "200", "300", "400", "500");
    assertThat(PromptSet.builtIn().generate("bitext").header().values().get("low_score"))
        .containsExactly("1.5", "2", "2.5");
    assertThat(PromptSet.builtIn().generate("sts").header().values().get("low_score"))
        .containsExactly("2.5", "3", "3.5");
  }

  @Test
  void with_files_replacesAndAdds() throws IOException {
    write("sts.generate.txt", faq(2, "sts", "Write in {language}."));
    write("faq.generate.txt", faq(7, "short-long", "Write a question in {language}."));
    write("notes.md", "passed over");

    PromptSet prompts = PromptSet.with(folder);

    assertThat(prompts.generate("sts").text()).isEqualTo("Write in {language}.");
    assertThat(prompts.generate("faq").label()).isEqualTo("faq.generate@7");
    assertThat(prompts.generate("bitext").label()).isEqualTo("bitext.generate@1");
    assertThat(prompts.fingerprint(List.of("faq", "long-long")))
        .containsOnlyKeys("faq.generate@7", "long-long.brainstorm@1", "long-long.generate@1");
  }

  private static String faq(int version, String kind, String text) {
    return """
    ---
    version: %d
    kind: %s
    instruction: Find the answer
    fields: {query: q, positive: a}
    ---
    %s
    """
        .formatted(version, kind, text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          faq.generate.txt | Write in {langauge}. | faq.generate.txt: unknown placeholder {langauge}; did you mean "language"?
          faq.generate.txt | About {passage}      | the {passage} is the positive; leave positive out
          faq.generate.txt | {passage} {src_lang} {tgt_lang} | a {passage} has one language
          faq.generate.txt | {src_lang}           | {src_lang} and {tgt_lang} belong together
          Faq.txt          | x                    | a prompt's file is named NAME.generate.txt
          """)
  void with_badText_isRefusedByFile(String name, String text, String message) throws IOException {
    write(name, faq(1, "sts", text));

    assertThatThrownBy(() -> PromptSet.with(folder))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kind: sts                                                       | key "version" is missing
          {version: 1, kind: stz}                                         | kind is "stz"; allowed are
          {version: 1, kind: sts, fields: {query: q}}                     | which key of the answer is the positive
          {version: 1, kind: sts, fields: {asked: q}}                     | fields may give task, query, positive and negative
          {version: 1, kind: sts, fields: {query: q, positive: a}, lengths: {q: many}} | "many" is no number of words
          {version: 1, kind: sts, colour: red}                            | unknown key "colour"
          """)
  void with_badHeader_isRefusedByFileAndKey(String header, String message) throws IOException {
    write("faq.generate.txt", "---\n" + header + "\n---\nWrite in {language}.");

    assertThatThrownBy(() -> PromptSet.with(folder))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("faq.generate.txt")
        .hasMessageContaining(message);
  }

  @Test
  void brainstorm_noPromptForTasks_saysWhatToAdd() throws IOException {
    write("faq.generate.txt", faq(1, "sts", "About {task}"));

    PromptSet prompts = PromptSet.with(folder);

    assertThatThrownBy(() -> prompts.brainstorm("faq"))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "faq.generate.txt: uses {task}, but nothing thinks tasks up; add faq.brainstorm.txt, or"
                + " name a file of tasks in tasks.faq");
  }

  @Test
  void with_missingFolder_saysSo() {
    assertThatThrownBy(() -> PromptSet.with(folder.resolve("none")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("there is no folder");
  }

  @Test
  void fill_placeholderWithinAValue_staysWhatItIs() {
    Prompt prompt = PromptSet.builtIn().generate("short-short");
    assertThat(prompt.fill(Map.of("task", "say {language} and $1", "language", "Welsh")))
        .contains("short texts: say {language} and $1")
        .contains("written in Welsh");
  }

  @ParameterizedTest
  @CsvSource({
    "less than 5 words, 0, false",
    "less than 5 words, 20, false",
    "less than 5 words, 21, true",
    "at least 300, 59, true",
    "at least 300, 60, false",
    "100, 19, true",
    "100, 400, false",
    "100, 401, true",
    "5 to 15 words, 61, true",
  })
  void wordRange_farFrom_isBeyondTheFactors(String asked, int words, boolean far) {
    assertThat(WordRange.parse(asked).orElseThrow().farFrom(words)).isEqualTo(far);
  }
}
