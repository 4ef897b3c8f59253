// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

/** The result of composing text parts. */
public sealed interface TextOutcome {
    /** The parts form one file. */
    record Composed(Composite composite) implements TextOutcome {}

    /**
     * The parts have different headers.
     *
     * @param part the index of the first one with another header
     */
    record HeadersDiffer(int part, String expected, String found) implements TextOutcome {}
}
