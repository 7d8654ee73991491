/// One model out of several that were trained from the same one.
@NullMarked
package io.alidade.model.merge;

import org.jspecify.annotations.NullMarked;
