/// Asking an LLM: [io.alidade.synth.llm.ChatClient] sends one request once and says how it ended;
/// [io.alidade.synth.llm.OpenAiChatClient] speaks to any OpenAI-compatible server,
/// [io.alidade.synth.llm.LangChainChatClient] to any model of LangChain4j, and
/// [io.alidade.synth.llama.LlamaChatClient] writes by itself. When to ask again is not decided here
/// but by [io.alidade.synth.ledger.Desk].
@NullMarked
package io.alidade.synth.llm;

import org.jspecify.annotations.NullMarked;
