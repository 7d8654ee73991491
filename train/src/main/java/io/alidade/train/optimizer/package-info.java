/// AdamW over one flat parameter vector, and the learning rate over time.
@NullMarked
package io.alidade.train.optimizer;

import org.jspecify.annotations.NullMarked;
