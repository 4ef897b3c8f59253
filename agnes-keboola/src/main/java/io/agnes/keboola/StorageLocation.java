// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The way to the objects of one export, and to nothing else: each request goes to the one host of the file's provider
 * and to names that begin with the file's. Prints no credentials.
 */
sealed interface StorageLocation permits GoogleLocation, AwsLocation, AzureLocation {
    /** What follows the file's name in the name of its manifest. */
    String MANIFEST = "manifest";

    /** The name of the file's own object, with which the names of its manifest and its slices begin. */
    String key();

    /** How the manifest's addresses of slices begin, up to the name. */
    String prefix();

    /**
     * Reads an object.
     *
     * @param range the value of the header; empty for the whole
     */
    Transport.Request read(String name, String range, Instant now);

    /** Whether the answer may mean that the credentials are too old. */
    boolean mayBeExpired(int status, String body);

    /** Whether the last bytes can be asked for without knowing the length. */
    default boolean readsSuffixes() {
        return true;
    }

    /**
     * The name of a slice. An HTTPS address of an object is taken for its name too; a signature in it is not used, as the
     * file's own credentials open the same objects and can be fetched again.
     *
     * @param address from the manifest: {@code gs://bucket/key}, {@code s3://bucket/key},
     *     {@code azure://host/container/key} or a signed {@code https} address
     * @throws KeboolaException {@code manifest_foreign} if it lies elsewhere
     */
    default String slice(String address) {
        String name = address.startsWith(prefix()) ? address.substring(prefix().length()) : webName(address);
        if (!isPlain(name) || !name.startsWith(key())) {
            throw KeboolaException.manifestForeign("names that begin with " + prefix() + key());
        }
        return name;
    }

    /** How HTTPS addresses of the bucket or container begin, up to the name. */
    List<String> webPrefixes();

    /** The name in an HTTPS address; empty if it is of another place. */
    private String webName(String address) {
        String path = address.split("[?#]", 2)[0];
        return webPrefixes().stream()
                .filter(path::startsWith)
                .findFirst()
                .map(prefix -> decoded(path.substring(prefix.length())))
                .orElse("");
    }

    private static String decoded(String path) {
        try {
            // A plus is a plus in a path.
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Whether the name survives on its way in an address: segments that are empty or dots would be tidied away. */
    static boolean isPlain(String name) {
        return Arrays.stream(name.split("/", -1)).noneMatch(segment -> segment.isEmpty() || isDots(segment))
                && name.chars().noneMatch(Character::isISOControl);
    }

    /** The headers with the range, if there is one. */
    static Map<String, String> ranged(String range, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("accept-encoding", "identity");
        if (!range.isEmpty()) {
            all.put("range", range);
        }
        return all;
    }

    private static boolean isDots(String segment) {
        return segment.equals("..") || segment.equals(".");
    }
}
