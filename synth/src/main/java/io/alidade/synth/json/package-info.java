/// Reading the JSON that LLMs write.
@NullMarked
package io.alidade.synth.json;

import org.jspecify.annotations.NullMarked;
