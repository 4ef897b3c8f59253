// SPDX-License-Identifier: Apache-2.0
/**
 * The client of the Keboola Storage API. The public types are the API. Behind it, from the wire up:
 *
 * <ul>
 *   <li>{@link io.agnes.keboola.Transport} sends requests; one decorator repeats those that may succeed later.
 *   <li>{@code StorageApiClient} speaks Keboola's JSON, which {@code Metadata}, {@code ExportJob}, {@code ExportFile},
 *       {@code SliceManifest} and {@code FilterJson} read and write; no other class knows that JSON.
 *   <li>{@code StorageLocation} knows where the objects of an export are on each cloud, and how a request for one is signed.
 *   <li>{@code ObjectReader} reads such an object and renews credentials that have ended. {@code SliceObject} hands it to
 *       {@link io.agnes.core.store.ObjectPart}, which resumes.
 *   <li>{@code Converter} has DuckDB write Parquet out of text, with one thread, so that the same slices always give the same
 *       bytes.
 *   <li>{@code SliceAssembly} has {@link io.agnes.core.assembly.FileAssembly} make one file of the slices, and says which of them
 *       are converted.
 * </ul>
 *
 * <p>Blocking code: calls run on virtual threads, databases on platform threads. Nothing is null unless it says so.
 */
package io.agnes.keboola;
