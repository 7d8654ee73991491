/// Whether a server gives the vectors it should, and if not, why.
///
/// [io.alidade.eval.parity.ServerParity] asks the server for each
/// [io.alidade.eval.parity.ParityCase] in several ways; [io.alidade.eval.parity.Diagnosis] compares
/// the answers with the expected vectors and with those of known faults.
@NullMarked
package io.alidade.eval.parity;

import org.jspecify.annotations.NullMarked;
