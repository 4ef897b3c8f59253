// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.http.HttpTransportFactory;
import io.agnes.bigquery.GoogleAddresses;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;

/**
 * Makes Google's transport over the JDK, with one check before each connection: Google's libraries follow redirects, and a
 * key names addresses too.
 */
final class AllowedTransport implements HttpTransportFactory {
    private final boolean privateTargets;

    AllowedTransport(boolean privateTargets) {
        this.privateTargets = privateTargets;
    }

    @Override
    public HttpTransport create() {
        return new NetHttpTransport.Builder().setConnectionFactory(this::open).build();
    }

    private HttpURLConnection open(URL url) throws IOException {
        if (!GoogleAddresses.isAllowed(URI.create(url.getProtocol() + "://" + url.getAuthority()), privateTargets)) {
            throw new ForeignAddressException(url.getHost());
        }
        return (HttpURLConnection) url.openConnection();
    }

    /** An address is neither Google's nor that of an emulator on this machine. */
    static final class ForeignAddressException extends IOException {
        private static final long serialVersionUID = 1L;

        private final String host;

        ForeignAddressException(String host) {
            super("not contacted: " + host);
            this.host = host;
        }

        String host() {
            return host;
        }
    }
}
