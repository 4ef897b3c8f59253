// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private static final String PEER = "127.0.0.1";

    /** A client can send the first value, whatever it says. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 192.0.2.7 | 127.0.0.1",
                "1 | 192.0.2.7 | 192.0.2.7",
                "1 | 198.51.100.1, 192.0.2.7 | 192.0.2.7",
                "2 | 198.51.100.1, 192.0.2.7,10.0.0.1 | 192.0.2.7",
                "2 | 192.0.2.7 | 127.0.0.1",
                "1 | 2001:db8::7 | 2001:db8::7",
                "1 | 192.0.2.7, unknown | 127.0.0.1",
                "1 | 192.0.2.7, | 127.0.0.1"
            })
    void itIsTheOneThatTheOutermostTrustedProxySaw(int hops, String forwarded, String address) {
        assertEquals(address, new ClientAddress(hops).of(PEER, List.of(forwarded)));
        assertEquals(address, new ClientAddress(hops).of(PEER, List.of(forwarded.split(", ", -1))));
    }

    @Test
    void withoutTheHeaderItIsThePeer() {
        assertEquals(PEER, new ClientAddress(1).of(PEER, List.of()));
    }
}
