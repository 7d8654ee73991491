package io.alidade.synth;

import io.alidade.core.AlidadeException;
import io.alidade.synth.filter.AnswerTexts;
import io.alidade.synth.ledger.Caller;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.sampling.Sampler;
import io.alidade.synth.sampling.TaskSlot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
  private record TaskList(List<String> tasks, String callId) {}

  private final Sampler sampler;
  private final List<LlmConfig> llms;
  private final Caller caller;
  private final Map<Key, CompletableFuture<TaskList>> lists = new ConcurrentHashMap<>();

  TaskLists(Sampler sampler, List<LlmConfig> llms, Caller caller) {
    this.sampler = sampler;
    this.llms = llms;
    this.caller = caller;
  }

  /// The task at that place; none if its list could not be had.
  Optional<Task> task(TaskSlot slot) {
    TaskList list = list(slot);
    if (list.tasks().isEmpty()) {
      return Optional.empty();
    }
    int place = (int) (slot.place() * list.tasks().size());
    return Optional.of(new Task(list.tasks().get(place), list.callId()));
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

  private TaskList list(TaskSlot slot) {
    var mine = new CompletableFuture<TaskList>();
    var key = new Key(slot.prompt(), slot.block(), slot.list());
    CompletableFuture<TaskList> first = lists.putIfAbsent(key, mine);
    if (first == null) {
      try {
        mine.complete(ask(slot));
      } catch (RuntimeException e) {
        mine.completeExceptionally(e);
        throw e;
      }
      return mine.join();
    }
    try {
      return first.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof AlidadeException known ? known : e;
    }
  }

  private TaskList ask(TaskSlot slot) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ChatRequest request = request(slot, attempt);
      Optional<ChatOutcome.Final> end = caller.ask(request);
      if (end.isEmpty()) {
        // No answer is not a bad answer: a later process asks for this one again.
        break;
      }
      List<String> tasks =
          end.get() instanceof ChatOutcome.Answered answer
              ? AnswerTexts.tasks(answer.text())
              : List.of();
      if (!tasks.isEmpty()) {
        return new TaskList(tasks, request.callId());
      }
    }
    return new TaskList(List.of(), "");
  }
}
