/// Calls that are paid once: at the [io.alidade.synth.ledger.Desk] LLMs are asked, by calls of
/// their own or in batches, within a [io.alidade.synth.ledger.Budget] that is reserved before and
/// settled after each call, and every answer is written into a [io.alidade.synth.ledger.Ledger]
/// before it is used. What the ledger holds is never asked for again.
@NullMarked
package io.alidade.synth.ledger;

import org.jspecify.annotations.NullMarked;
