package io.alidade.synth.sampling;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import io.alidade.synth.document.Passage;
import io.alidade.synth.document.Passages;
import io.alidade.synth.prompt.Prompt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Draws what each candidate asks for: prompt, language, model, task, passage and the prompt's own
/// values. Nothing depends on what was drawn before; threads may share it.
public final class Sampler {
  /// Candidates whose tasks come from the same lists.
  static final int BLOCK = 200;

  /// Tasks that a list is asked to have, as in the paper.
  private static final int TASKS_A_LIST = 20;

  /// Examples a task is used for on average: the paper has 150,000 instructions for the 319,000
  /// examples that have one of their own.
  private static final int USES = 2;

  private final long seed;
  private final Sources sources;
  private final Weights<String> kinds;
  private final Weights<Language> languages;
  private final Map<Language, Weights<Language>> partners = new HashMap<>();
  private final Weights<Integer> llms;
  private final PassageTurns turns;

  /// @param kinds the prompts' names with their weights
  /// @param languages codes with weights
  /// @param llms the weights of the LLMs, in the recipe's order
  /// @throws UsageException for a prompt or language that there is not, or a bad weight
  public Sampler(
      long seed,
      Sources sources,
      Map<String, Double> kinds,
      Map<String, Double> languages,
      List<Double> llms) {
    this.seed = seed;
    this.sources = sources;
    this.kinds = weights("kinds", new TreeMap<>(kinds));
    var byLanguage = new LinkedHashMap<Language, Double>();
    new TreeMap<>(languages).forEach((code, weight) -> byLanguage.put(Languages.of(code), weight));
    this.languages = weights("languages", byLanguage);
    var byNumber = new LinkedHashMap<Integer, Double>();
    llms.forEach(weight -> byNumber.put(byNumber.size(), weight));
    this.llms = weights("llms", byNumber);
    this.turns = new PassageTurns(index -> prompt(draw(index)).passageNeeded());
    this.kinds.elements().forEach(this::checkPrompt);
    sources.tasks().keySet().forEach(this::checkTasks);
    if (this.languages.elements().size() > 1) {
      this.languages.elements().forEach(one -> partners.put(one, this.languages.without(one)));
    }
  }

  /// The names of the prompts in use.
  public List<String> promptNames() {
    return kinds.elements();
  }

  /// What the candidate of that number asks for.
  public Candidate candidate(long index) {
    Draw draw = draw(index);
    Prompt prompt = prompt(draw);
    Optional<Passage> passage =
        prompt.passageNeeded() ? Optional.of(passage(index)) : Optional.empty();
    Language first =
        passage.map(this::language).orElseGet(() -> languages.at(draw.share("language")));
    Language second = prompt.bilingual() ? partner(first, draw) : first;
    var values = new HashMap<String, String>();
    prompt.header().values().forEach((name, all) -> values.put(name, draw.pick(name, all)));
    if (prompt.bilingual()) {
      values.put(Prompt.SOURCE_LANGUAGE, first.name());
      values.put(Prompt.TARGET_LANGUAGE, second.name());
    } else {
      values.put(Prompt.LANGUAGE, first.name());
    }
    return new Candidate(
        index,
        prompt,
        first,
        second,
        llms.at(draw.share("llm")),
        values,
        task(index, prompt, draw),
        passage,
        sources.variety().draw(prompt, draw),
        draw.callSeed());
  }

  /// The prompt for a list of tasks, filled in.
  public String taskPrompt(TaskSlot slot, int attempt) {
    Prompt prompt = sources.prompts().brainstorm(slot.prompt());
    Draw draw = taskDraw(slot, attempt);
    var values = new HashMap<String, String>();
    prompt.header().values().forEach((name, all) -> values.put(name, draw.pick(name, all)));
    return prompt.fill(values);
  }

  /// The prompt for a list of tasks as provenance names it.
  public String taskPromptLabel(TaskSlot slot) {
    return sources.prompts().brainstorm(slot.prompt()).label();
  }

  /// Which LLM thinks up a list of tasks.
  public int taskLlm(TaskSlot slot, int attempt) {
    return llms.at(taskDraw(slot, attempt).share("llm"));
  }

  /// The seed for the LLM that thinks up a list of tasks.
  public long taskSeed(TaskSlot slot, int attempt) {
    return taskDraw(slot, attempt).callSeed();
  }

  /// The id of the call that judges a candidate.
  public static String judgeCallId(long index) {
    return "judge/" + index;
  }

  /// Which LLM judges a candidate.
  public int judgeLlm(long index) {
    return llms.at(new Draw(seed, judgeCallId(index)).share("llm"));
  }

  /// The seed for the LLM that judges a candidate.
  public long judgeSeed(long index) {
    return new Draw(seed, judgeCallId(index)).callSeed();
  }

  /// The first block whose lists a candidate of that number or a later one can ask for.
  public static long block(long index) {
    return index / BLOCK;
  }

  /// How many of the first candidates ask about a passage.
  public long passagesAskedAbout(long candidates) {
    return turns.before(candidates);
  }

  private Draw draw(long index) {
    return new Draw(seed, Candidate.callId(index));
  }

  private Prompt prompt(Draw draw) {
    return sources.prompts().generate(kinds.at(draw.share("kind")));
  }

  private Passage passage(long index) {
    return passages().at(turns.before(index));
  }

  private Language language(Passage passage) {
    return Languages.of(passages().language(passage));
  }

  private Passages passages() {
    return sources
        .passages()
        .orElseThrow(() -> new IllegalStateException("checked: prompts about passages have some"));
  }

  private Draw taskDraw(TaskSlot slot, int attempt) {
    return new Draw(seed, slot.callId(attempt));
  }

  private TaskChoice task(long index, Prompt prompt, Draw draw) {
    if (!prompt.taskNeeded()) {
      return new TaskChoice.None();
    }
    List<WrittenTask> written = sources.tasks().get(prompt.name());
    return written == null ? slot(index, prompt.name(), draw) : draw.pick("written task", written);
  }

  private TaskSlot slot(long index, String prompt, Draw draw) {
    int lists = (int) Math.ceil(BLOCK * kinds.share(prompt) / (TASKS_A_LIST * USES));
    int list = (int) (draw.share("task list") * lists);
    return new TaskSlot(prompt, block(index), list, draw.share("task"));
  }

  private Language partner(Language language, Draw draw) {
    Weights<Language> others = partners.get(language);
    if (others == null) {
      throw new IllegalStateException("checked: a pair has two languages to choose from");
    }
    return others.at(draw.share("second language"));
  }

  private void checkPrompt(String name) {
    Prompt prompt = sources.prompts().generate(name);
    if (prompt.taskNeeded() && !sources.tasks().containsKey(name)) {
      Prompt _ = sources.prompts().brainstorm(name);
    }
    if (prompt.passageNeeded() && sources.passages().isEmpty()) {
      throw new UsageException(
          "kinds.%s asks about passages; say in documents.path where your documents are"
              .formatted(name));
    }
    if (prompt.bilingual() && languages.elements().size() < 2) {
      throw new UsageException(
          "kinds.%s needs two languages; add one to languages, or give %s the weight 0"
              .formatted(name, name));
    }
  }

  private void checkTasks(String name) {
    if (!kinds.elements().contains(name)) {
      throw new UsageException(
          "tasks.%s: kinds does not have it%s"
              .formatted(name, NearestName.hint(name, kinds.elements())));
    }
    if (!sources.prompts().generate(name).taskNeeded()) {
      throw new UsageException("tasks.%s: its prompt has no place for a {task}".formatted(name));
    }
  }

  private static <T> Weights<T> weights(String key, Map<T, Double> weights) {
    try {
      return new Weights<>(weights);
    } catch (IllegalArgumentException e) {
      throw new UsageException(key + ": " + e.getMessage());
    }
  }
}
