/// Asking an LLM: [io.alidade.synth.llm.ChatClient] sends one request once and says how it ended;
/// [io.alidade.synth.llm.OpenAiChatClient] speaks to any OpenAI-compatible server. When to ask
/// again is not decided here but by [io.alidade.synth.ledger.Desk].
@NullMarked
package io.alidade.synth.llm;

import org.jspecify.annotations.NullMarked;
