// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "HTTP://localhost/, http://localhost",
        "http://[::1]:8080, http://[::1]:8080",
        "https://agnes.example.com, https://agnes.example.com",
        "https://agnes.example.com:8443/, https://agnes.example.com:8443"
    })
    void anAddressIsSchemeHostAndPort(String text, String address) {
        assertEquals(URI.create(address), ServerOptions.address(text, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "agnes",
                "agnes.example.com:8080",
                "ftp://agnes.example.com",
                "file:///etc/passwd",
                "https://",
                "https:///path",
                "https://agnes.example.com:99999",
                "https://agnes.example.com:0",
                "https://a b",
                "https://agnes.example.com/api",
                "https://agnes.example.com?a=b",
                "https://agnes.example.com#a",
                "http://[::1",
                "mailto:a@example.com",
                "https://under_score:1:2"
            })
    void whatIsNoneIsOneSentence(String text) {
        CommandException e = assertThrows(CommandException.class, () -> ServerOptions.address(text, true));
        assertEquals(ExitCode.USAGE, ExitCode.of(e));
        assertTrue(e.getMessage().startsWith("server address " + text + " "), e.getMessage());
    }

    @Test
    void aPasswordInAnAddressIsRefusedAndNotPrinted() {
        CommandException e = assertThrows(
                CommandException.class, () -> ServerOptions.address("https://ada:hidden@agnes.example.com", false));
        assertEquals("server address agnes.example.com has a user part", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://agnes.example.com",
                "http://10.0.0.1:8080",
                "http://127.example.com",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "http://[::2]"
            })
    void aTokenGoesReadableToNoOtherMachineUnlessThatIsWanted(String text) {
        CommandException e = assertThrows(CommandException.class, () -> ServerOptions.address(text, false));
        assertTrue(e.getMessage().contains("--insecure-http"), e.getMessage());
        assertEquals(URI.create(text), ServerOptions.address(text, true));
    }
}
