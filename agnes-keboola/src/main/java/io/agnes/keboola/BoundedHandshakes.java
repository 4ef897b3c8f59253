// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS of another context with a bound on the silence of a peer within the handshake. The HTTP library sets a timeout
 * only after the handshake, and would wait for ever for a peer that accepts connections and says nothing.
 *
 * <p>Remembers for each thread the last connection it opened, so that a caller can tell a failure within the handshake
 * from one after it.
 */
final class BoundedHandshakes extends SSLContextSpi {
    private static final ThreadLocal<@Nullable SSLSocket> LAST = new ThreadLocal<>();

    private final SSLContext context;
    private final Duration silence;

    private BoundedHandshakes(SSLContext context, Duration silence) {
        this.context = context;
        this.silence = silence;
    }

    /** @param silence longest wait for a byte of the peer within the handshake */
    static BoundedHandshakes of(SSLContext context, Duration silence) {
        return new BoundedHandshakes(context, silence);
    }

    /** This as a context. */
    SSLContext asContext() {
        return new Context(this, context);
    }

    /** Forgets the connection that this thread opened last. */
    void forget() {
        LAST.remove();
    }

    /** Whether this thread opened a connection since {@link #forget} whose handshake has not been completed. */
    boolean unfinished() {
        SSLSocket socket = LAST.get();
        // The protocol of the application is unknown until the handshake is completed, and a text afterwards.
        return socket != null && socket.getApplicationProtocol() == null;
    }

    /** The constructor is meant for providers. */
    private static final class Context extends SSLContext {
        Context(SSLContextSpi spi, SSLContext context) {
            super(spi, context.getProvider(), context.getProtocol());
        }
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return new Factory(context.getSocketFactory(), Math.toIntExact(silence.toMillis()));
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
            throws KeyManagementException {
        context.init(keys, trust, random);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return context.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return context.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return context.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return context.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return context.getSupportedSSLParameters();
    }

    private static final class Factory extends SSLSocketFactory {
        private final SSLSocketFactory factory;
        private final int silenceMillis;

        Factory(SSLSocketFactory factory, int silenceMillis) {
            this.factory = factory;
            this.silenceMillis = silenceMillis;
        }

        /** Over an open connection: the only way that the library uses. */
        @Override
        public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
            connected.setSoTimeout(silenceMillis);
            Socket socket = factory.createSocket(connected, host, port, autoClose);
            if (socket instanceof SSLSocket secure) {
                LAST.set(secure);
            }
            return socket;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return factory.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return factory.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return factory.createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
            return factory.createSocket(host, port, from, fromPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return factory.createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
            return factory.createSocket(host, port, from, fromPort);
        }
    }
}
