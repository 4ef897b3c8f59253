// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The request line and headers, checked against RFC 9112 and rewritten in a form that the parser cannot read in another way:
 * HTTP/1.1, origin-form, one {@code Host}.
 *
 * @param bytes the rewritten head with its empty line
 * @param bodyLength the length of the body in bytes, or {@link #CHUNKED}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RequestHead(byte[] bytes, long bodyLength) {
    static final long CHUNKED = -1;

    private static final Status HEADERS_TOO_LARGE = Status.create(431);
    private static final int MOST_HEADERS = 100;
    private static final int LONGEST_LENGTH = 18;
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /** The exception for a malformed request: 400. */
    static RequestException malformed(String why) {
        return refused(Status.BAD_REQUEST_400, why);
    }

    static RequestException refused(Status status, String why) {
        return RequestException.builder()
                .type(DirectHandler.EventType.BAD_REQUEST)
                .status(status)
                .message(why)
                .setKeepAlive(false)
                .build();
    }

    static RequestException tooLarge() {
        return refused(HEADERS_TOO_LARGE, "headers");
    }

    /** @param head the bytes of the head with its empty line; each line ends with CR LF */
    static RequestHead of(byte[] head, int length) {
        return new Parser(new String(head, 0, length, StandardCharsets.ISO_8859_1)).head();
    }

    private record Header(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    private static final class Parser {
        private final String text;
        private final List<Header> headers = new ArrayList<>();
        private String method = "";
        private String target = "";
        private boolean http10;
        private @Nullable String authority;

        Parser(String text) {
            this.text = text;
        }

        RequestHead head() {
            int end = text.indexOf("\r\n");
            requestLine(text.substring(0, end));
            for (int begin = end + 2; begin < text.length() - 2; begin = end + 2) {
                end = text.indexOf("\r\n", begin);
                header(text.substring(begin, end));
            }
            host();
            long body = bodyLength();
            return new RequestHead(written(), body);
        }

        private void requestLine(String line) {
            if (line.length() > RequestReader.LONGEST_LINE) {
                throw refused(Status.REQUEST_URI_TOO_LONG_414, "address");
            }
            int first = line.indexOf(' ');
            int last = line.lastIndexOf(' ');
            require(first > 0 && last > first, "request line");
            method = line.substring(0, first);
            target = line.substring(first + 1, last);
            String version = line.substring(last + 1);
            http10 = version.equals("HTTP/1.0");
            require(http10 || version.equals("HTTP/1.1"), "version");
            require(isToken(method), "method");
            require(!target.isEmpty() && target.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#'), "target");
            if (method.equals("CONNECT")) {
                throw refused(Status.NOT_IMPLEMENTED_501, "CONNECT");
            }
            originForm();
        }

        /** Rewrites the target in origin-form; {@code OPTIONS *} becomes {@code /}. */
        private void originForm() {
            if (target.startsWith("/")) {
                return;
            }
            if (target.equals("*") && method.equals("OPTIONS")) {
                target = "/";
                return;
            }
            String lower = target.toLowerCase(Locale.ROOT);
            require(lower.startsWith("http://") || lower.startsWith("https://"), "form of the target");
            int begin = target.indexOf("//") + 2;
            int path = begin;
            while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
                path++;
            }
            authority = target.substring(begin, path);
            String rest = target.substring(path);
            target = rest.startsWith("/") ? rest : "/" + rest;
        }

        private void header(String line) {
            int colon = line.indexOf(':');
            require(colon > 0 && isToken(line.substring(0, colon)), "name of a header");
            String value = stripped(line.substring(colon + 1));
            require(value.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || c == '\t'), "value of a header");
            headers.add(new Header(line.substring(0, colon), value));
            if (headers.size() > MOST_HEADERS) {
                throw tooLarge();
            }
        }

        /** Strips spaces and tabs. Other characters that {@link String#strip} removes may be part of the value. */
        private static String stripped(String value) {
            int begin = 0;
            int end = value.length();
            while (begin < end && (value.charAt(begin) == ' ' || value.charAt(begin) == '\t')) {
                begin++;
            }
            while (end > begin && (value.charAt(end - 1) == ' ' || value.charAt(end - 1) == '\t')) {
                end--;
            }
            return value.substring(begin, end);
        }

        private void host() {
            List<String> hosts = values("Host");
            require(hosts.size() == 1 || (http10 && hosts.isEmpty()), "Host");
            if (authority != null) {
                headers.removeIf(header -> header.is("Host"));
                headers.addFirst(new Header("Host", authority));
            } else if (hosts.isEmpty()) {
                headers.addFirst(new Header("Host", "localhost"));
            }
            if (http10) {
                headers.removeIf(header -> header.is("Connection"));
                headers.add(new Header("Connection", "close"));
            }
        }

        private long bodyLength() {
            List<String> lengths = values("Content-Length");
            List<String> codings = values("Transfer-Encoding");
            if (codings.isEmpty()) {
                return lengths.isEmpty() ? 0 : length(lengths);
            }
            require(
                    !http10
                            && lengths.isEmpty()
                            && codings.size() == 1
                            && codings.getFirst().equalsIgnoreCase("chunked"),
                    "Transfer-Encoding");
            headers.replaceAll(
                    header -> header.is("Transfer-Encoding") ? new Header("Transfer-Encoding", "chunked") : header);
            return CHUNKED;
        }

        private static long length(List<String> lengths) {
            String text = lengths.getFirst();
            require(
                    lengths.size() == 1
                            && !text.isEmpty()
                            && text.length() <= LONGEST_LENGTH
                            && text.chars().allMatch(c -> c >= '0' && c <= '9'),
                    "Content-Length");
            return Long.parseLong(text);
        }

        private List<String> values(String name) {
            return headers.stream()
                    .filter(header -> header.is(name))
                    .map(Header::value)
                    .toList();
        }

        private byte[] written() {
            StringBuilder out = new StringBuilder(text.length() + 64);
            out.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
            for (Header header : headers) {
                out.append(header.name()).append(": ").append(header.value()).append("\r\n");
            }
            return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        }

        private static boolean isToken(String name) {
            return name.chars()
                    .allMatch(c -> (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || TOKEN_MARKS.indexOf(c) >= 0);
        }

        private static void require(boolean condition, String what) {
            if (!condition) {
                throw malformed(what);
            }
        }
    }
}
