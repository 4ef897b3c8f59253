// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;

/**
 * A file of Keboola's, which lies in an object store.
 *
 * @param id in Keboola
 * @param sliced whether it is a manifest and what that names, and not one object
 * @param access to its objects, for as long as its credentials last
 */
record ExportFile(String id, boolean sliced, StorageAccess access) {
    static ExportFile read(JsonObject json, KeboolaConfig config) {
        String id = Fields.textOr(json, "id", "unknown");
        StorageAccess access = access(id, json, config);
        if (!StorageAccess.isPlain(access.key())) {
            throw KeboolaException.storageUnknown(id, "its name has a segment that is empty or dots");
        }
        return new ExportFile(id, Fields.truth(json, "isSliced"), access);
    }

    private static StorageAccess access(String id, JsonObject json, KeboolaConfig config) {
        Detail detail = new Detail(id, json);
        return switch (Fields.textOr(json, "provider", "")) {
            case "gcp" -> GoogleAccess.of(detail, config);
            case "aws" -> AwsAccess.of(detail, config);
            case "azure" -> AzureAccess.of(detail, config);
            case String other -> throw KeboolaException.storageUnknown(id, "unknown provider \"" + other + "\"");
        };
    }

    /** A file detail whose fields are needed. */
    record Detail(String id, JsonObject json) {
        String text(String object, String key) {
            return Fields.text(Fields.object(json, object), key)
                    .orElseThrow(() -> KeboolaException.storageUnknown(id, "no " + object + "." + key));
        }

        String text(String key) {
            return Fields.text(json, key).orElseThrow(() -> KeboolaException.storageUnknown(id, "no " + key));
        }
    }
}
