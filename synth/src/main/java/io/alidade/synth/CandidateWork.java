package io.alidade.synth;

import io.alidade.core.Example;
import io.alidade.synth.filter.Agreement;
import io.alidade.synth.filter.Examiner;
import io.alidade.synth.filter.Reason;
import io.alidade.synth.filter.Verdict;
import io.alidade.synth.ledger.Caller;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.sampling.Candidate;
import io.alidade.synth.sampling.Sampler;
import io.alidade.synth.sampling.TaskChoice;
import io.alidade.synth.sampling.TaskSlot;
import io.alidade.synth.sampling.WrittenTask;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Brings one candidate from its number to a verdict. Threads may share it.
final class CandidateWork {
  private final Sampler sampler;
  private final List<LlmConfig> llms;
  private final Caller caller;
  private final TaskLists tasks;
  private final Examiner examiner;
  private final Optional<Agreement> agreement;
  private final Optional<Judge> judge;

  CandidateWork(
      Sampler sampler,
      List<LlmConfig> llms,
      Caller caller,
      TaskLists tasks,
      Examiner examiner,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Agreement> agreement,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Judge> judge) {
    this.sampler = sampler;
    this.llms = llms;
    this.caller = caller;
    this.tasks = tasks;
    this.examiner = examiner;
    this.agreement = agreement;
    this.judge = judge;
  }

  /// A candidate and what became of it.
  record Judged(Candidate candidate, Verdict verdict) {}

  /// Asks for the task, if one is needed, then for the example, and judges it.
  Judged judge(long index) {
    Candidate candidate = sampler.candidate(index);
    return new Judged(candidate, reviewed(index, verdict(candidate)));
  }

  /// Lets go of what only candidates before that one need.
  void forgetBefore(long index) {
    tasks.forgetBefore(Sampler.block(index));
  }

  /// The request of a candidate whose task is known.
  static ChatRequest request(Candidate candidate, String task, List<LlmConfig> llms) {
    var shape =
        new ChatRequest.Shape(List.copyOf(candidate.prompt().header().fields().values()), false);
    return new ChatRequest(
        candidate.callId(),
        llms.get(candidate.llm()),
        candidate.text(task),
        candidate.seed(),
        shape);
  }

  /// What costs most is done last, and only to examples that have passed all else.
  private Verdict reviewed(long index, Verdict verdict) {
    if (!(verdict instanceof Verdict.Accepted(Example example))) {
      return verdict;
    }
    Optional<Verdict.Rejected> refused = agreement.flatMap(filter -> filter.check(example));
    if (refused.isPresent()) {
      return refused.get();
    }
    return judge.map(one -> one.judge(index, example)).orElse(verdict);
  }

  private Verdict verdict(Candidate candidate) {
    return switch (candidate.task()) {
      case TaskChoice.None() -> verdict(candidate, "", Map.of());
      case WrittenTask(String text, String place) ->
          verdict(candidate, text, Map.of("task_from", place));
      case TaskSlot slot ->
          tasks
              .task(slot)
              .map(task -> verdict(candidate, task.text(), Map.of("task_call", task.callId())))
              .orElseGet(
                  () -> new Verdict.Rejected(Reason.NO_TASK, "no list of tasks came back", ""));
    };
  }

  private Verdict verdict(Candidate candidate, String task, Map<String, String> taskOrigin) {
    ChatRequest request = request(candidate, task, llms);
    Optional<ChatOutcome.Final> end = caller.ask(request);
    if (end.isEmpty()) {
      return new Verdict.Rejected(Reason.NO_ANSWER, "the server gave no answer", "");
    }
    return examiner.examine(candidate, task, end.get(), provenance(candidate, request, taskOrigin));
  }

  /// Only what is the same however often the run was killed: costs and times are in the ledger,
  /// under the same request.
  private static Map<String, Object> provenance(
      Candidate candidate, ChatRequest request, Map<String, String> taskOrigin) {
    var origin = new TreeMap<String, Object>(taskOrigin);
    origin.put("source", "alidade-generate");
    origin.put("call", request.callId());
    origin.put("request", request.hash());
    origin.put("model", request.llm().model());
    origin.put("prompt", candidate.prompt().label());
    origin.put("seed", request.seed());
    candidate
        .passage()
        .ifPresent(
            passage -> {
              origin.put("document", passage.document());
              origin.put("passage", passage.id());
              origin.put("passage_number", passage.position());
            });
    return origin;
  }
}
