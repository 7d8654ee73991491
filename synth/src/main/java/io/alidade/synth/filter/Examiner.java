package io.alidade.synth.filter;

import io.alidade.core.Example;
import io.alidade.synth.document.Passage;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.prompt.Prompt;
import io.alidade.synth.sampling.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Judges an answer by itself: whether it is an example, and which. Threads may share it.
///
/// | kind | instruction | query | positive | negative |
/// |---|---|---|---|---|
/// | short-long | the task | `user_query` | `positive_document` | `hard_negative_document` |
/// | long-short | the task | `input_text` | `label` | `misleading_label` |
/// | short-short, long-long | the task | `input` | `positive_document` | none, to be mined |
/// | sts, bitext | fixed | `S1` | `S2` | `S3` |
/// | grounded | `task` | `user_query` | the passage | `hard_negative_document` |
public final class Examiner {
  /// In provenance: whether the languages of the texts were checked.
  public static final String LANGUAGE_CHECK = "language_check";

  private final FilterConfig config;
  private final List<Filter> filters = new ArrayList<>();

  public Examiner(FilterConfig config) {
    this.config = config;
    if (config.copies()) {
      filters.add(new CopyFilter());
    }
    if (config.labels()) {
      filters.add(new LabelFilter());
    }
    if (config.lengths()) {
      filters.add(new LengthFilter());
    }
    if (config.personalData()) {
      filters.add(new PersonalDataFilter());
    }
    if (config.languages()) {
      filters.add(new LanguageFilter());
    }
  }

  /// Judges how a call ended.
  ///
  /// @param task that it was asked for; empty where the prompt needs none
  /// @param provenance of the example, which this adds to
  public Verdict examine(
      Candidate candidate, String task, ChatOutcome.Final end, Map<String, Object> provenance) {
    return switch (end) {
      case ChatOutcome.Refused(String text, _) ->
          rejected(Reason.REFUSED, "the model declined", text);
      case ChatOutcome.Filtered(String text, _) ->
          rejected(Reason.FILTERED, "the server's content filter stopped it", text);
      case ChatOutcome.Cut(String text, _) ->
          rejected(Reason.CUT, "the answer reached the greatest length", text);
      case ChatOutcome.Answered(String text, _) -> examine(candidate, task, text, provenance);
    };
  }

  private Verdict examine(
      Candidate candidate, String task, String answer, Map<String, Object> provenance) {
    List<String> keys = List.copyOf(candidate.prompt().header().fields().values());
    return switch (AnswerTexts.byKey(answer, keys)) {
      case AnswerTexts.Result.Faulty(Filter.Fault(Reason reason, String detail)) ->
          rejected(reason, detail, answer);
      case AnswerTexts.Result.Found(Map<String, String> texts) -> {
        Draft draft = draft(candidate, task, texts);
        Optional<Filter.Fault> fault =
            filters.stream().map(each -> each.check(draft)).flatMap(Optional::stream).findFirst();
        yield fault
            .<Verdict>map(found -> rejected(found.reason(), found.detail(), answer))
            .orElseGet(() -> new Verdict.Accepted(example(draft, provenance)));
      }
    };
  }

  private static Draft draft(Candidate candidate, String task, Map<String, String> texts) {
    Prompt prompt = candidate.prompt();
    return new Draft(
        candidate,
        texts.getOrDefault(prompt.taskKey(), task),
        candidate.text(task),
        texts.getOrDefault(prompt.queryKey(), ""),
        candidate
            .passage()
            .map(Passage::text)
            .orElseGet(() -> texts.getOrDefault(prompt.positiveKey(), "")),
        texts.getOrDefault(prompt.negativeKey(), ""));
  }

  private Example example(Draft draft, Map<String, Object> provenance) {
    Candidate candidate = draft.candidate();
    var origin = new TreeMap<>(provenance);
    if (config.languages()) {
      boolean known =
          LanguageFilter.known(candidate.queryLanguage())
              && LanguageFilter.known(candidate.documentLanguage());
      origin.put(LANGUAGE_CHECK, known ? "checked" : "unchecked");
    }
    return Example.of(
        candidate.prompt().header().kind(),
        candidate.language(),
        candidate.prompt().instruction(draft.task()),
        draft.query(),
        draft.positive(),
        draft.negative().isEmpty() ? List.of() : List.of(draft.negative()),
        origin);
  }

  private static Verdict.Rejected rejected(Reason reason, String detail, String text) {
    return new Verdict.Rejected(reason, detail, text);
  }
}
