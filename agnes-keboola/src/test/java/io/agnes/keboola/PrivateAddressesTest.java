// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.testkit.FakeKeboola;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateAddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.10",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fd00::1",
                "fe80::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "2001::1"
            })
    void addressesThatAreNotPublicAreRecognised(String address) throws Exception {
        assertTrue(PrivateAddresses.isPrivate(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "142.250.1.207", "100.128.0.1", "172.32.0.1", "2a00:1450:4001::1", "2001:4860::1"})
    void publicOnesToo(String address) throws Exception {
        assertFalse(PrivateAddresses.isPrivate(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"})
    void aPrivateTargetIsNotConnectedTo(String host) {
        try (FakeKeboola keboola = FakeKeboola.start();
                HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), false)) {
            URI uri = URI.create("http://" + host + ":" + keboola.stackUrl().getPort() + "/v2/storage");
            assertThrows(
                    Exception.class,
                    () -> transport.send(Transport.Request.read(uri, Map.of(), Duration.ofSeconds(5))));
            assertEquals(List.of(), keboola.requests());
        }
    }

    @Test
    void aStackOnThisMachineNeedsPermission() {
        try (FakeKeboola keboola = FakeKeboola.start();
                KeboolaClient client =
                        KeboolaClient.of(KeboolaConfig.of(keboola.stackUrl(), Secret.of(keboola.token())))) {
            KeboolaException e = assertThrows(KeboolaException.class, client::verifyToken);
            assertEquals("target_refused", e.code());
        }
    }
}
