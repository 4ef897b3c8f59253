// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.AgnesException;
import org.jspecify.annotations.Nullable;

/** The process cannot start, or can no longer work. */
public final class ServerException extends AgnesException {
    private static final long serialVersionUID = 1L;
    private static final int MEBIBYTE = 1024 * 1024;

    private ServerException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, message, cause);
    }

    static ServerException portInUse(String host, int port, Throwable cause) {
        return new ServerException(
                Kind.LIMIT, "port_in_use", "cannot listen on " + host + ":" + port + ": " + cause.getMessage(), cause);
    }

    static ServerException otherFileSystem(String temp, String data) {
        return new ServerException(
                Kind.LIMIT,
                "temp_dir_elsewhere",
                "scratch directory " + temp + " is on another file system than data directory " + data,
                null);
    }

    static ServerException tooFewDescriptors(long limit) {
        return new ServerException(
                Kind.LIMIT,
                "too_few_resources",
                "this process may open " + limit + " files and sockets and has a heap of "
                        + Runtime.getRuntime().maxMemory() / MEBIBYTE
                        + " MiB, which is too little for any service; raise ulimit -n or -Xmx",
                null);
    }

    static ServerException listenerLost(String host, int port) {
        return new ServerException(
                Kind.LIMIT, "listener_lost", "nothing listens on " + host + ":" + port + " any more", null);
    }
}
