package io.agnes.keboola;

import java.util.Locale;

/** What becomes of columns that Keboola sends as text though it knows a type for them. */
public enum ColumnTypes {
    /** Each gets the type that Keboola knows, if every value can be read as it without loss; if not it stays text. */
    AUTO,
    /** Text stays text. */
    AS_IS;

    /** The name in lower case, as in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
