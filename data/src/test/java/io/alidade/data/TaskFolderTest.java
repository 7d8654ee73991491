package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFolderTest {
  private static final String HEADER = "query-id\tcorpus-id\tscore\n";
  @TempDir Path folder;

  @Test
  void read_beirFolder_joinsTitleAndKeepsJudgedQueries() throws IOException {
    beir(HEADER + "q1\td2\t2\nq1\td1\t0\n");
    var task = (RetrievalTask) TaskFolder.read(folder);
    assertThat(task.corpus())
        .extracting(RetrievalTask.Document::content)
        .containsExactly("A one", "two");
    assertThat(task.queries()).extracting(RetrievalTask.Query::id).containsExactly("q1");
    assertThat(task.judgements()).isEqualTo(Map.of("q1", Map.of("d2", 2, "d1", 0)));
    assertThat(task.info().metric()).isEqualTo("ndcg_at_10");
    assertThat(task.info().sha256()).hasSize(64);
  }

  @Test
  void read_badQrels_nameTheLine() throws IOException {
    Map<String, String> problems =
        Map.of(
            "q1\td1\t1\n",
            "test.tsv:1: the header row",
            HEADER + "q9\td1\t1\n",
            "test.tsv:2: query id \"q9\" is not in queries.jsonl",
            HEADER + "q1\td1\t1\nq1\td9\t1\n",
            "test.tsv:3: document id \"d9\" is not in corpus",
            HEADER + "q1 d1 1\n",
            "test.tsv:2: has 1 columns",
            HEADER + "q1\td1\thigh\n",
            "test.tsv:2: score \"high\" is no whole number",
            HEADER + "q1\td1\t1\nq1\td1\t1\n",
            "test.tsv:3: judges query \"q1\"",
            HEADER,
            "judges no query");
    for (var problem : problems.entrySet()) {
      beir(problem.getKey());
      assertThatThrownBy(() -> TaskFolder.read(folder))
          .isInstanceOf(DataException.class)
          .hasMessageContaining(problem.getValue());
    }
  }

  @Test
  void read_singleFiles_tellTheTypeByTheirColumns() throws IOException {
    Map<String, TaskType> types =
        Map.of(
            "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":1.5}", TaskType.STS,
            "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"label\":1}", TaskType.PAIR_CLASSIFICATION,
            "{\"sentence1\":\"a\",\"sentence2\":\"b\"}", TaskType.BITEXT,
            "{\"text\":\"a\",\"label\":\"x\"}", TaskType.CLASSIFICATION,
            "{\"query\":\"a\",\"positive\":[\"b\"],\"negative\":\"c\"}", TaskType.RETRIEVAL);
    for (var type : types.entrySet()) {
      Path file = write("mine.jsonl", type.getKey() + "\n");
      EvaluationTask task = TaskFolder.read(file);
      assertThat(task.type()).isEqualTo(type.getValue());
      assertThat(task.name()).isEqualTo("mine");
      assertThat(task.info().sha256()).isEqualTo(Sha256.ofFile(file));
    }
  }

  @Test
  void read_unknownColumns_saysWhatIsAllowed() throws IOException {
    Path file = write("mine.jsonl", "{\"foo\":1}\n");
    assertThatThrownBy(() -> TaskFolder.read(file))
        .hasMessageContaining("mine.jsonl:1: columns foo are no task's; allowed are a BEIR folder");
  }

  @Test
  void read_typeBeforeThePath_isTaken() throws IOException {
    Path file = write("mine.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":1}\n");
    assertThat(TaskFolder.read("bitext:" + file).type()).isEqualTo(TaskType.BITEXT);
    assertThatThrownBy(() -> TaskFolder.read("bitex:" + file))
        .hasMessageContaining("did you mean \"bitext\"?");
  }

  @Test
  void read_taskYaml_setsTheInfo() throws IOException {
    write("test.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"label\":0}\n");
    write(
        "task.yaml",
        "type: pair-classification\ninstruction: Find twins\nsymmetric: false\nlanguage: de\nname: Twins\n");
    assertThat(TaskFolder.read(folder).info())
        .extracting(TaskInfo::name, TaskInfo::instruction, TaskInfo::symmetric, TaskInfo::language)
        .containsExactly("Twins", "Find twins", false, "de");
  }

  @Test
  void read_badTaskYaml_namesTheNearest() throws IOException {
    write("test.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":0}\n");
    Map<String, String> problems =
        Map.of(
            "instuction: x\n", "unknown key \"instuction\"; did you mean \"instruction\"?",
            "type: stss\n", "type is \"stss\"; did you mean \"sts\"?",
            "metric: cosine_pearson\n", "allowed are cosine_spearman",
            "symmetric: maybe\n", "allowed are true, false",
            "a: [\n", "broken YAML");
    for (var problem : problems.entrySet()) {
      write("task.yaml", problem.getKey());
      assertThatThrownBy(() -> TaskFolder.read(folder))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("task.yaml")
          .hasMessageContaining(problem.getValue());
    }
  }

  @Test
  void read_classification_takesTrainAndTestOrSplitsOneFile() throws IOException {
    write("train.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":2}\n");
    write("test.jsonl", "{\"text\":\"c\",\"label\":1}\n");
    var task = (ClassificationTask) TaskFolder.read(folder);
    assertThat(task.train()).hasSize(2);
    assertThat(task.test()).hasSize(1);
    var rows = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      rows.append("{\"text\":\"t%d\",\"label\":\"%d\"}\n".formatted(i % 10, i % 2));
    }
    var split = (ClassificationTask) TaskFolder.read(write("one.jsonl", rows.toString()));
    assertThat(split.train()).hasSize(12).doesNotContainAnyElementsOf(split.test());
    assertThat(split.test()).hasSize(8);
  }

  @Test
  void readAll_folderOfTasks_readsEachByName() throws IOException {
    write("b.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\"}\n");
    Files.createDirectories(folder.resolve("a"));
    write("a/test.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":1}\n");
    assertThat(TaskFolder.readAll(folder))
        .extracting(EvaluationTask::name)
        .containsExactly("a", "b");
  }

  private void beir(String qrels) throws IOException {
    write(
        "corpus.jsonl",
        "{\"_id\":\"d1\",\"title\":\"A\",\"text\":\"one\"}\n{\"_id\":\"d2\",\"text\":\"two\"}\n");
    write("queries.jsonl", "{\"_id\":\"q1\",\"text\":\"x\"}\n{\"_id\":\"q2\",\"text\":\"y\"}\n");
    Files.createDirectories(folder.resolve("qrels"));
    write("qrels/test.tsv", qrels);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
