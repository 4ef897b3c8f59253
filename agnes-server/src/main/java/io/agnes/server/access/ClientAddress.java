// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The network address of a client. Each proxy in front appends the address that it sees to {@code X-Forwarded-For}; so with two proxies the
 * address before the last is the client's. What stands further left was sent by the client and is not trusted.
 */
public final class ClientAddress {
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:]{2,45}");

    private final int trustedHops;

    /** @param trustedHops the number of proxies in front; 0 if clients connect to this server */
    public ClientAddress(int trustedHops) {
        this.trustedHops = trustedHops;
    }

    /**
     * The address of a client.
     *
     * @param peer the address that is connected
     * @param forwarded the values of {@code X-Forwarded-For}, in order
     * @return the address of the peer if the proxies have not reported one
     */
    public String of(String peer, List<String> forwarded) {
        if (trustedHops == 0 || forwarded.isEmpty()) {
            return peer;
        }
        String[] hops = String.join(",", forwarded).split(",", -1);
        String reported = hops.length < trustedHops ? "" : hops[hops.length - trustedHops].strip();
        return ADDRESS.matcher(reported).matches() ? reported : peer;
    }
}
