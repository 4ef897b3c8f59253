// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/**
 * The settings of a {@link FakeServer}.
 *
 * @param port the port to listen on; 0 takes a free one
 * @param proxyPort the port of the proxy of a server with TLS; 0 takes a free one
 * @param requestsAtOnce the number of requests handled at the same time; further ones wait
 * @param maxBodyBytes the longest body of a request; a longer one is answered with 413
 */
record ServerSettings(int port, boolean tls, int proxyPort, int requestsAtOnce, long maxBodyBytes) {}
