// SPDX-License-Identifier: Apache-2.0
/**
 * The client of the Keboola Storage API. What is public is the API; the rest serves it, from the wire up:
 *
 * <ul>
 *   <li>{@link io.agnes.keboola.Transport} sends requests; one decorator repeats those that may succeed later.
 *   <li>{@code StorageApi} speaks Keboola's JSON, which {@code Metadata}, {@code Job}, {@code ExportFile},
 *       {@code Manifest} and {@code FilterJson} read and write, and nobody else.
 *   <li>{@code StorageAccess} knows where the objects of an export are on each cloud, and how a request for one is signed.
 *   <li>{@code Slice} reads any range of such an object, resumed where a connection broke, with fresh credentials where
 *       the old ones ended.
 *   <li>{@code Converter} has DuckDB make Parquet of what cannot be copied, in an in-memory database for each piece of
 *       work, one thread inside, so that the same slices always give the same bytes.
 *   <li>{@code SliceAssembly} decides which of the two ways an export takes.
 * </ul>
 *
 * <p>Blocking code: calls run on virtual threads, databases on platform threads. Nothing is null unless it says so.
 */
package io.agnes.keboola;
