// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.settings.SettingType;
import java.net.URI;
import java.util.Set;

/** Which addresses get a token of Google: those of Google over HTTPS, and this machine if an emulator may run there. */
public final class GoogleAddresses {
    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final String DOMAIN = ".googleapis.com";

    private GoogleAddresses() {}

    /** Whether the address is on this machine. */
    public static boolean isLocal(URI address) {
        return address.getHost() != null && THIS_MACHINE.contains(address.getHost());
    }

    /**
     * Whether the address may be contacted.
     *
     * @param local whether this machine is allowed, over plain HTTP too
     */
    public static boolean isAllowed(URI address, boolean local) {
        if (local && isLocal(address)) {
            return SettingType.Address.accepts(address, true);
        }
        return SettingType.Address.accepts(address, false) && ("." + address.getHost()).endsWith(DOMAIN);
    }
}
