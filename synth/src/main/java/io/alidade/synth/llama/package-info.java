/// A model that writes in this process, through llama.cpp:
/// [io.alidade.synth.llama.LlamaChatClient]. Its library, `de.kherud:llama`, is optional; who uses
/// this package declares it.
@NullMarked
package io.alidade.synth.llama;

import org.jspecify.annotations.NullMarked;
