/// A server that looks like OpenAI's and answers at once: [io.alidade.testkit.llm.FakeOpenAi].
@NullMarked
package io.alidade.testkit.llm;

import org.jspecify.annotations.NullMarked;
