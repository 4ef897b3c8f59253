// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.net.InetAddress;

/** Decides whether an address is outside the public network. */
final class PrivateAddresses {
    private PrivateAddresses() {}

    static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || isReserved(address.getAddress());
    }

    /** 0/8, 100.64/10 (carrier NAT), 198.18/15 (benchmarks), 240/4; fc00::/7, NAT64 and IPv4 inside IPv6. */
    private static boolean isReserved(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (bytes.length == 4) {
            return first == 0
                    || (first == 100 && (second & 0xc0) == 64)
                    || (first == 198 && (second & 0xfe) == 18)
                    || first >= 240;
        }
        // A public address has its first bits 001; everything else is special in some way.
        return (first & 0xe0) != 0x20 || isTunnel(first, second, bytes);
    }

    /** 2002::/16 (6to4) and 2001:0::/32 (Teredo) carry an IPv4 address that was not checked. */
    private static boolean isTunnel(int first, int second, byte[] bytes) {
        return first == 0x20 && (second == 0x02 || (second == 0x01 && bytes[2] == 0 && bytes[3] == 0));
    }
}
