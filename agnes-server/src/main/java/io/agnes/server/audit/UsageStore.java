// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where counts of downloads and uses of tokens are kept. A failure is a {@link io.agnes.core.RegistryFailedException}. */
public interface UsageStore {
    /** Adds to the counts of these days, users and tables. */
    void add(List<DownloadCount> counts);

    /** At most so many counts behind one, by day, user and table. */
    List<DownloadCount> downloads(Optional<DownloadCount> after, int limit);

    /** Stores last uses of tokens. */
    void used(List<TokenUse> uses);

    /** The last uses by the id of the token. */
    Map<String, TokenUse> tokenUses();
}
