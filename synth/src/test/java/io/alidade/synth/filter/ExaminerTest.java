package io.alidade.synth.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.Usage;
import io.alidade.synth.prompt.PromptSet;
import io.alidade.synth.sampling.Addition;
import io.alidade.synth.sampling.Candidate;
import io.alidade.synth.sampling.Languages;
import io.alidade.synth.sampling.TaskChoice;
import io.alidade.synth.text.LongSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExaminerTest {
  private static final FilterConfig ALL = FilterConfig.defaults();
  private static final Examiner EXAMINER = new Examiner(ALL);
  private static final Usage USAGE = new Usage(1, 1);

  private static Candidate candidate(String prompt, String query, String document, String words) {
    return new Candidate(
        0,
        PromptSet.builtIn().generate(prompt),
        Languages.of(query),
        Languages.of(document),
        0,
        Map.of("num_words", words, "query_length", words),
        new TaskChoice.None(),
        Optional.empty(),
        Addition.NONE,
        1);
  }

  private static Verdict examine(Candidate candidate, String task, String answer) {
    return EXAMINER.examine(
        candidate, task, new ChatOutcome.Answered(answer, USAGE), Map.of("call", "example/0"));
  }

  private static Reason reason(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    return ((Verdict.Rejected) verdict).reason();
  }

  private static Example accepted(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return ((Verdict.Accepted) verdict).example();
  }

  @Test
  void examine_goodAnswer_isMappedAsThePaperDoes() {
    Example shortLong =
        accepted(
            examine(
                candidate("short-long", "en", "en", "10"),
                "Find it",
                """
                {"user_query": "when was the bridge opened", "positive_document": "The bridge was
                opened in the spring of 1932 after nine years of work.",
                "hard_negative_document": "The bridge is painted every seven years by a crew."}
                """));
    assertThat(shortLong.kind()).isEqualTo(TaskKind.SHORT_LONG);
    assertThat(shortLong.instruction()).isEqualTo("Find it");
    assertThat(shortLong.query()).isEqualTo("when was the bridge opened");
    assertThat(shortLong.positive()).startsWith("The bridge was");
    assertThat(shortLong.negatives()).hasSize(1);
    assertThat(shortLong.provenance())
        .containsEntry("call", "example/0")
        .containsEntry("language_check", "checked");

    Example bitext =
        accepted(
            examine(
                candidate("bitext", "en", "br", "10"),
                "",
                "{'S1': 'a b', 'S2': 'c d', 'S3': 'e'}"));
    assertThat(bitext.instruction()).isEqualTo("Retrieve parallel sentences.");
    assertThat(bitext.language()).isEqualTo("en-br");
    assertThat(bitext.negatives()).containsExactly("e");
    assertThat(bitext.provenance()).containsEntry("language_check", "unchecked");

    Example longLong =
        accepted(
            new Examiner(new FilterConfig(true, true, false, false, true, true, true, false, 0, 0))
                .examine(
                    candidate("long-long", "en", "en", "10"),
                    "Match them",
                    new ChatOutcome.Answered("{\"input\": \"a\", \"positive_document\": 5}", USAGE),
                    Map.of()));
    assertThat(longLong.negatives()).isEmpty();
    assertThat(longLong.positive()).isEqualTo("5");
    assertThat(longLong.provenance()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SCHEMA   | {"S1": "a", "S2": "b"}
          SCHEMA   | {"S1": "a", "S2": "b", "S3": ["c"]}
          SCHEMA   | {"S1": "a", "S2": "b", "S3": "\\ud800"}
          SCHEMA   | ["a", "b", "c"]
          EMPTY    | {"S1": "a", "S2": "b", "S3": " "}
          CUT      | {"S1": "a", "S2": "b", "S3": "c
          NOT_JSON | I would rather not.
          COPIED   | {"S1": "The same!", "S2": "the same", "S3": "c"}
          COPIED   | {"S1": "a", "S2": "b", "S3": "S2 says what S1 says in another form"}
          EMAIL    | {"S1": "Write to jane.doe@mail.company.co.uk", "S2": "b", "S3": "c"}
          IBAN     | {"S1": "a", "S2": "b", "S3": "from DE89 3704 0044 0532 0130 00"}
          LANGUAGE | {"S1": "Der Zug nach Berlin fährt heute leider mit Verspätung ab.", "S2": "b", "S3": "c"}
          LANGUAGE | {"S1": "Поезд в Москву сегодня отправляется с опозданием.", "S2": "b", "S3": "c"}
          """)
  void examine_badSts_isRefusedWithTheReason(Reason reason, String answer) {
    assertThat(reason(examine(candidate("sts", "en", "en", "1"), "", answer))).isEqualTo(reason);
  }

  @Test
  void examine_endsWithoutAnswer_areReasons() {
    Candidate sts = candidate("sts", "en", "en", "1");
    assertThat(reason(EXAMINER.examine(sts, "", new ChatOutcome.Cut("{", USAGE), Map.of())))
        .isEqualTo(Reason.CUT);
    assertThat(reason(EXAMINER.examine(sts, "", new ChatOutcome.Refused("no", USAGE), Map.of())))
        .isEqualTo(Reason.REFUSED);
    assertThat(reason(EXAMINER.examine(sts, "", new ChatOutcome.Filtered("", USAGE), Map.of())))
        .isEqualTo(Reason.FILTERED);
  }

  @ParameterizedTest
  @CsvSource({
    "'Decide: positive or negative.', positive, negative, true",
    "'Decide: positive or negative.', Positive, NEGATIVE, true",
    "'Decide: positive or negative.', positive, neutral, false",
    "'Decide: positive or negative.', mixed, negative, false",
    "Name the topic of the text., sport, politics, true",
  })
  void examine_label_mustBeInTheSetThatTheTaskNames(
      String task, String label, String misleading, boolean good) {
    Verdict verdict =
        examine(
            candidate("long-short", "en", "en", "less than 10"),
            task,
            """
            {"input_text": "I loved every minute of it", "label": "%s", "misleading_label": "%s"}
            """
                .formatted(label, misleading));
    if (good) {
      assertThat(accepted(verdict).positive()).isEqualTo(label);
    } else {
      assertThat(reason(verdict)).isEqualTo(Reason.LABEL);
    }
  }

  @Test
  void examine_length_farFromTheAskedIsRefused() {
    String answer = "{\"input_text\": \"%s\", \"label\": \"a\", \"misleading_label\": \"b\"}";
    Candidate hundred = candidate("long-short", "en", "en", "at least 100");
    assertThat(reason(examine(hundred, "Sort", answer.formatted("word ".repeat(19)))))
        .isEqualTo(Reason.LENGTH);
    accepted(examine(hundred, "Sort", answer.formatted("it is a nice day today, ".repeat(4))));
    Candidate few = candidate("long-short", "zh", "zh", "less than 10");
    assertThat(reason(examine(few, "Sort", answer.formatted("今天天气很好我们去公园散步吧".repeat(7)))))
        .isEqualTo(Reason.LENGTH);
  }

  /// A sentence in each language, asked for as itself, is let pass; asked for as a language of
  /// other letters it is not.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          de | checked   | Der Zug nach Berlin fährt heute leider mit einer Verspätung von zwanzig Minuten ab.
          id | checked   | Kucing itu tidur di atas sofa sementara hujan turun di luar rumah.
          ms | checked   | Kucing itu tidur di atas sofa sementara hujan turun di luar rumah.
          no | checked   | Den katten sover på sofaen mens regnet faller utenfor huset i kveld.
          ja | checked   | 今日はとても良い天気ですね。公園まで散歩に行って、お弁当を食べましょう。写真も撮りたいです。
          am | unchecked | ድመቷ ውጭ ዝናብ እየዘነበ ሶፋው ላይ ትተኛለች እና ልጆቹ በቤት ውስጥ ይጫወታሉ።
          km | unchecked | ឆ្មាកំពុងដេកនៅលើសាឡុង ខណៈពេលដែលភ្លៀងកំពុងធ្លាក់នៅខាងក្រៅផ្ទះ។
          br | unchecked | Emañ ar c'hazh o kousket war ar gador-vrec'h hag ar glav o kouezhañ er-maez.
          """)
  void examine_language_isCheckedAsFarAsItCanBe(String code, String check, String text) {
    String answer = "{\"S1\": \"%s\", \"S2\": \"b\", \"S3\": \"c\"}".formatted(text);
    Example example = accepted(examine(candidate("sts", code, code, "1"), "", answer));
    assertThat(example.provenance()).containsEntry(Examiner.LANGUAGE_CHECK, check);
    assertThat(reason(examine(candidate("sts", "el", "el", "1"), "", answer)))
        .isEqualTo(Reason.LANGUAGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          4  | {"score": "4"}
          5  | Well: {"score": 5} is fair.
          3  | {"score": "3/5"}
          -1 | {"score": "0"}
          -1 | {"score": "11"}
          -1 | {"verdict": "4"}
          -1 | four of five
          """)
  void score_anyAnswer_isFromOneToFiveOrNone(int score, String answer) {
    assertThat(AnswerTexts.score(answer).orElse(-1)).isEqualTo(score);
  }

  @Test
  void tasks_lists_areReadInAnyForm() {
    List<String> expected = List.of("Find the first one", "Find the second");
    String list = "[\"Find the first one\", 'Find the second', \"Find the first one\", 7, \"x\"]";
    assertThat(AnswerTexts.tasks("{\"tasks\": " + list + "}")).isEqualTo(expected);
    assertThat(AnswerTexts.tasks("Here: " + list)).isEqualTo(expected);
    assertThat(AnswerTexts.tasks("{\"tasks\": \"none\"}")).isEmpty();
    assertThat(AnswerTexts.tasks("[\"Find the first one\", \"Find")).isEmpty();
  }

  private static Example example(String query, String positive) {
    return Example.of(TaskKind.STS, "en", "", query, positive, List.of(), Map.of());
  }

  @Test
  void duplicates_sameAndNearlySame_areRefused() {
    var duplicates = new Duplicates(ALL);
    String text =
        "The orchestra has never forgotten the long winter, when the hall stood empty and the only"
            + " sound was the wind in the broken windows of the old harbour quarter, night by"
            + " night.";
    assertThat(duplicates.check(example("a question", text), false)).isEmpty();
    assertThat(duplicates.check(example("A question?", "something else entirely"), false))
        .contains(Reason.DUPLICATE);
    assertThat(duplicates.check(example("a question,", text), false)).contains(Reason.DUPLICATE);
    assertThat(
            duplicates.check(
                example("one question", text.replace("only sound", "only noise")), false))
        .contains(Reason.NEAR_DUPLICATE);
    assertThat(
            duplicates.check(
                example("another", "quite another text on quite another thing"), false))
        .isEmpty();
    var off =
        new Duplicates(new FilterConfig(true, true, true, true, true, false, false, false, 0, 0));
    assertThat(off.check(example("a", "b"), false)).isEmpty();
    assertThat(off.check(example("a", "b"), false)).isEmpty();
  }

  @Test
  void longSet_manyHashes_behavesAsASet() {
    var set = new LongSet();
    var random = new Random(3);
    var model = new HashSet<Long>();
    for (int i = 0; i < 20_000; i++) {
      long value = random.nextInt(16_000) - 8_000L;
      assertThat(set.contains(value)).isEqualTo(model.contains(value));
      assertThat(set.add(value)).isEqualTo(model.add(value));
    }
  }
}
