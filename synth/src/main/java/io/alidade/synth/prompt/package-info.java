/// What the LLM is asked: prompts as text files with a YAML header, the six kinds of the paper
/// built in, and a user's own beside or instead of them. Start at
/// [io.alidade.synth.prompt.PromptSet].
@NullMarked
package io.alidade.synth.prompt;

import org.jspecify.annotations.NullMarked;
