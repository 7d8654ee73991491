package io.alidade.synth;

import io.alidade.synth.filter.AnswerTexts;
import io.alidade.synth.ledger.Desk;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.sampling.Sampler;
import io.alidade.synth.sampling.TaskSlot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// The lists of tasks that LLMs think up, each asked for once by whoever needs it first. Threads
/// may share it.
final class TaskLists {
  /// How often a list is asked for until its candidates go without.
  private static final int ATTEMPTS = 3;

  private static final ChatRequest.Shape SHAPE = new ChatRequest.Shape(List.of("tasks"), true);

  /// A task for one candidate.
  ///
  /// @param callId of the call that thought it up
  record Task(String text, String callId) {}

  private record Key(String prompt, long block, int list) {}

  /// @param callId empty if no call gave any task
  private record TaskList(List<String> tasks, String callId) {
    static final TaskList NONE = new TaskList(List.of(), "");
  }

  private final Sampler sampler;
  private final List<LlmConfig> llms;
  private final Desk desk;
  private final Map<Key, CompletableFuture<TaskList>> lists = new ConcurrentHashMap<>();

  TaskLists(Sampler sampler, List<LlmConfig> llms, Desk desk) {
    this.sampler = sampler;
    this.llms = llms;
    this.desk = desk;
  }

  /// The task at that place; none if its list could not be had.
  CompletableFuture<Optional<Task>> task(TaskSlot slot) {
    var key = new Key(slot.prompt(), slot.block(), slot.list());
    return lists.computeIfAbsent(key, _ -> ask(slot, 0)).thenApply(list -> choose(list, slot));
  }

  /// Lets go of lists that only candidates before this block asked for.
  void forgetBefore(long block) {
    lists.keySet().removeIf(key -> key.block() < block);
  }

  /// The request for a list.
  ChatRequest request(TaskSlot slot, int attempt) {
    return new ChatRequest(
        slot.callId(attempt),
        llms.get(sampler.taskLlm(slot, attempt)),
        sampler.taskPrompt(slot, attempt),
        sampler.taskSeed(slot, attempt),
        SHAPE);
  }

  private static Optional<Task> choose(TaskList list, TaskSlot slot) {
    if (list.tasks().isEmpty()) {
      return Optional.empty();
    }
    int place = (int) (slot.place() * list.tasks().size());
    return Optional.of(new Task(list.tasks().get(place), list.callId()));
  }

  private CompletableFuture<TaskList> ask(TaskSlot slot, int attempt) {
    ChatRequest request = request(slot, attempt);
    String callId = request.callId();
    return desk.ask(request)
        .thenCompose(
            end -> {
              if (end.isEmpty()) {
                // No answer is not a bad answer: a later process asks for this one again.
                return CompletableFuture.completedFuture(TaskList.NONE);
              }
              List<String> tasks =
                  end.get() instanceof ChatOutcome.Answered answer
                      ? AnswerTexts.tasks(answer.text())
                      : List.of();
              if (tasks.isEmpty() && attempt + 1 < ATTEMPTS) {
                return ask(slot, attempt + 1);
              }
              return CompletableFuture.completedFuture(
                  tasks.isEmpty() ? TaskList.NONE : new TaskList(tasks, callId));
            });
  }
}
