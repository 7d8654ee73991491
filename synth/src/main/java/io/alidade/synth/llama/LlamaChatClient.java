package io.alidade.synth.llama;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.Pair;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// A GGUF model that writes in this process. One request is worked on at a time, and all that come
/// meanwhile wait: so an answer is a function of its request, and not of what ran beside it.
///
/// llama.cpp keeps a model's memory, and a thread that does not let Java end by itself, until
/// `System.exit`; closing only ends the work.
public final class LlamaChatClient implements ChatClient {
  /// Room for the longest prompts: a passage and what to do with it.
  private static final int PROMPT_TOKENS = 2048;

  private static final String PLACEHOLDER = "PROMPT";
  private static final double NANOS = 1e9;

  private final LlamaModel model;
  private final int contextTokens;
  private final String beforePrompt;
  private final String afterPrompt;
  private final ReentrantLock turn = new ReentrantLock(true);
  private boolean closed;

  private LlamaChatClient(LlamaModel model, int contextTokens) {
    this.model = model;
    this.contextTokens = contextTokens;
    // Only once and around ASCII: the binding breaks other characters on their way back.
    var message =
        new InferenceParameters("").setMessages("", List.of(new Pair<>("user", PLACEHOLDER)));
    String[] around = model.applyTemplate(message).split(PLACEHOLDER, 2);
    this.beforePrompt = around[0];
    this.afterPrompt = around[1];
  }

  /// Loads a model for an LLM's requests, with room for its longest answers.
  ///
  /// @throws io.alidade.core.AlidadeException if the file is no model that llama.cpp knows
  public static LlamaChatClient open(Path gguf, LlmConfig llm) {
    int contextTokens = PROMPT_TOKENS + llm.maxTokens();
    return new LlamaChatClient(LlamaLibrary.load(gguf, contextTokens), contextTokens);
  }

  @Override
  public ChatOutcome send(ChatRequest request) {
    turn.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the client is closed");
      }
      return write(request);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        model.close();
      }
    } finally {
      turn.unlock();
    }
  }

  private ChatOutcome write(ChatRequest request) {
    String prompt = beforePrompt + request.prompt() + afterPrompt;
    // The first token of some models is not counted here.
    int input = model.encode(prompt).length + 1;
    int room = Math.min(request.llm().maxTokens(), contextTokens - input);
    if (room < 1) {
      return new ChatOutcome.Cut("", new Usage(input, 0));
    }
    long deadline = System.nanoTime() + (long) (request.llm().timeoutSeconds() * NANOS);
    LlamaIterator pieces = model.generate(parameters(request, prompt, room)).iterator();
    var text = new StringBuilder();
    boolean ended = false;
    while (pieces.hasNext()) {
      String piece = pieces.next().text;
      text.append(piece);
      if (pieces.hasNext()) {
        // The token that ends an answer has no text. Behind it comes the end of the pieces.
        ended = piece.isEmpty();
        if (System.nanoTime() > deadline) {
          pieces.cancel();
          return new ChatOutcome.Lost("it took more than timeout_seconds");
        }
      }
    }
    String answer = text.toString();
    // The binding does not count: what the tokenizer makes of the answer comes nearest.
    var usage = new Usage(input, Math.min(model.encode(answer).length + 1L, room));
    return ended ? new ChatOutcome.Answered(answer, usage) : new ChatOutcome.Cut(answer, usage);
  }

  /// The recipe's decoding and nothing of llama.cpp's own, which would leave out rare tokens.
  private static InferenceParameters parameters(ChatRequest request, String prompt, int room) {
    LlmConfig llm = request.llm();
    InferenceParameters parameters =
        new InferenceParameters(prompt)
            .setNPredict(room)
            .setTemperature((float) llm.temperature())
            .setTopP((float) llm.topP())
            .setTopK(0)
            .setMinP(0)
            // All ones would stand for a seed by chance.
            .setSeed((int) Math.floorMod(request.seed(), (long) Integer.MAX_VALUE))
            // What is cached would decide in which parts a prompt is computed.
            .setCachePrompt(false);
    AnswerGrammar.of(request).ifPresent(parameters::setGrammar);
    return parameters;
  }
}
