/// What each candidate asks for. Every choice is a hash of (seed, candidate, name of the choice),
/// so that it depends on no other choice, on no thread and on no earlier run. Start at
/// [io.alidade.synth.sampling.Sampler].
@NullMarked
package io.alidade.synth.sampling;

import org.jspecify.annotations.NullMarked;
