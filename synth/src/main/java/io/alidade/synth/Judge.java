package io.alidade.synth;

import io.alidade.core.Example;
import io.alidade.data.TrainingFile;
import io.alidade.synth.filter.AnswerTexts;
import io.alidade.synth.filter.Reason;
import io.alidade.synth.filter.Verdict;
import io.alidade.synth.ledger.Desk;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.prompt.Prompt;
import io.alidade.synth.sampling.Sampler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Has an LLM score examples from 1 to 5, by calls like all others. Threads may share it.
final class Judge {
  private static final ChatRequest.Shape SHAPE =
      new ChatRequest.Shape(List.of(AnswerTexts.SCORE), false, AnswerTexts.SCORES);

  private final Sampler sampler;
  private final List<LlmConfig> llms;
  private final Desk desk;
  private final Prompt prompt;
  private final int least;

  /// @param least score of examples that are kept
  Judge(Sampler sampler, List<LlmConfig> llms, Desk desk, Prompt prompt, int least) {
    this.sampler = sampler;
    this.llms = llms;
    this.desk = desk;
    this.prompt = prompt;
    this.least = least;
  }

  /// The example with its score, or why it is none.
  CompletableFuture<Verdict> judge(long index, Example example) {
    ChatRequest request = request(index, example);
    String callId = request.callId();
    return desk.ask(request).thenApply(end -> verdict(example, callId, end));
  }

  private Verdict verdict(
      Example example,
      String callId,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<ChatOutcome.Final> end) {
    if (end.isEmpty()) {
      return rejected(Reason.NO_ANSWER, "the judge gave no answer", example);
    }
    OptionalInt score =
        end.get() instanceof ChatOutcome.Answered answer
            ? AnswerTexts.score(answer.text())
            : OptionalInt.empty();
    if (score.isEmpty()) {
      return rejected(Reason.NOT_JUDGED, "the judge gave no score", example);
    }
    if (score.getAsInt() < least) {
      String detail = "the judge gave it %d of 5".formatted(score.getAsInt());
      return rejected(Reason.JUDGED, detail, example);
    }
    var origin = new TreeMap<>(example.provenance());
    origin.put("judge_call", callId);
    origin.put("judge_score", score.getAsInt());
    return new Verdict.Accepted(example.withProvenance(origin));
  }

  private ChatRequest request(long index, Example example) {
    return new ChatRequest(
        Sampler.judgeCallId(index),
        llms.get(sampler.judgeLlm(index)),
        prompt.fill(
            Map.of(
                Prompt.TASK, example.instruction(),
                Prompt.QUERY, example.query(),
                Prompt.POSITIVE, example.positive(),
                Prompt.NEGATIVE, String.join("\n\n", example.negatives()))),
        sampler.judgeSeed(index),
        SHAPE);
  }

  private static Verdict rejected(Reason reason, String detail, Example example) {
    return new Verdict.Rejected(reason, detail, TrainingFile.line(example));
  }
}
