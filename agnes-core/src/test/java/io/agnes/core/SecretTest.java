// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecretTest {
    private record Settings(String name, Secret token) {}

    @Test
    void isNotSeenInWhateverItIsPrintedWith() {
        Secret secret = Secret.of("hunter2-hunter2");
        String printed = secret + " " + List.of(secret) + " " + new Settings("a", secret);
        assertFalse(printed.contains("hunter2"), printed);
    }

    @Test
    void equalsOneOfTheSameValueAlone() {
        assertEquals(Secret.of("a"), Secret.of("a"));
        assertNotEquals(Secret.of("a"), Secret.of("b"));
    }

    @Test
    void isNotBlank() {
        assertThrows(IllegalArgumentException.class, () -> Secret.of(" "));
    }
}
