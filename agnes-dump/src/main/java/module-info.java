// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * One URL, one file: the formats a table can be asked for in. Start at {@link io.agnes.dump.DumpFormat}.
 */
@NullMarked
module io.agnes.dump {
    requires static transitive org.jspecify;
    requires transitive io.agnes.core;

    exports io.agnes.dump;
}
