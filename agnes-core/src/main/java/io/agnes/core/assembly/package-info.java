// SPDX-License-Identifier: Apache-2.0
/**
 * Many parts become one local file: {@link io.agnes.core.assembly.FileAssembly} plans, downloads and verifies; a connector
 * adds what it alone knows. Needs the JDK alone; an engine that rewrites comes in through
 * {@link io.agnes.core.parquet.ParquetRewriter} or {@link io.agnes.core.assembly.Conversion}.
 */
package io.agnes.core.assembly;
