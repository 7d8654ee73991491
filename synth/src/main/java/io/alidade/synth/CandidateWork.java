package io.alidade.synth;

import io.alidade.core.Example;
import io.alidade.synth.filter.Agreement;
import io.alidade.synth.filter.Examiner;
import io.alidade.synth.filter.Reason;
import io.alidade.synth.filter.Verdict;
import io.alidade.synth.ledger.Desk;
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
import java.util.concurrent.CompletableFuture;

/// Brings one candidate from its number to a verdict. Threads may share it.
final class CandidateWork {
  private final Sampler sampler;
  private final List<LlmConfig> llms;
  private final Desk desk;
  private final TaskLists tasks;
  private final Examiner examiner;
  private final Optional<Agreement> agreement;
  private final Optional<Judge> judge;

  CandidateWork(
      Sampler sampler,
      List<LlmConfig> llms,
      Desk desk,
      TaskLists tasks,
      Examiner examiner,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Agreement> agreement,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Judge> judge) {
    this.sampler = sampler;
    this.llms = llms;
    this.desk = desk;
    this.tasks = tasks;
    this.examiner = examiner;
    this.agreement = agreement;
    this.judge = judge;
  }

  /// A candidate and what became of it.
  record Judged(Candidate candidate, Verdict verdict) {}

  /// Asks for the task, if one is needed, then for the example, and judges it.
  CompletableFuture<Judged> judge(long index) {
    // Whatever fails does so in the future, and so in the candidate's turn.
    return CompletableFuture.completedFuture(index).thenCompose(this::begin);
  }

  private CompletableFuture<Judged> begin(long index) {
    Candidate candidate = sampler.candidate(index);
    return verdict(candidate)
        .thenCompose(verdict -> reviewed(index, verdict))
        .thenApply(verdict -> new Judged(candidate, verdict));
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
  private CompletableFuture<Verdict> reviewed(long index, Verdict verdict) {
    if (!(verdict instanceof Verdict.Accepted(Example example))) {
      return CompletableFuture.completedFuture(verdict);
    }
    Optional<Verdict.Rejected> refused = agreement.flatMap(filter -> filter.check(example));
    if (refused.isPresent()) {
      return CompletableFuture.completedFuture(refused.get());
    }
    return judge
        .map(one -> one.judge(index, example))
        .orElseGet(() -> CompletableFuture.completedFuture(verdict));
  }

  private CompletableFuture<Verdict> verdict(Candidate candidate) {
    return switch (candidate.task()) {
      case TaskChoice.None() -> verdict(candidate, "", Map.of());
      case WrittenTask(String text, String place) ->
          verdict(candidate, text, Map.of("task_from", place));
      case TaskSlot slot -> tasks.task(slot).thenCompose(task -> verdict(candidate, task));
    };
  }

  private CompletableFuture<Verdict> verdict(
      Candidate candidate,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<TaskLists.Task> task) {
    return task.map(one -> verdict(candidate, one.text(), Map.of("task_call", one.callId())))
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    new Verdict.Rejected(Reason.NO_TASK, "no list of tasks came back", "")));
  }

  private CompletableFuture<Verdict> verdict(
      Candidate candidate, String task, Map<String, String> taskOrigin) {
    ChatRequest request = request(candidate, task, llms);
    Map<String, Object> provenance = provenance(candidate, request, taskOrigin);
    return desk.ask(request)
        .thenApply(
            end ->
                end.map(one -> examiner.examine(candidate, task, one, provenance))
                    .orElseGet(
                        () ->
                            new Verdict.Rejected(
                                Reason.NO_ANSWER, "the server gave no answer", "")));
  }

  /// Only what is the same however often the run was killed: costs and times are in the ledger,
  /// under the same request.
  private static Map<String, Object> provenance(
      Candidate candidate, ChatRequest request, Map<String, String> taskOrigin) {
    var origin = new TreeMap<String, Object>(taskOrigin);
    origin.putAll(candidate.addition().origin());
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
