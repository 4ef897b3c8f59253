// SPDX-License-Identifier: Apache-2.0
/**
 * Work on threads of its own: a {@link io.agnes.core.work.Task} with a result, a {@link io.agnes.core.work.TaskGroup} that
 * ends with its first failure, {@link io.agnes.core.work.RunningCalls} that end with their client, and
 * {@link io.agnes.core.work.Permits} that bound how many run at once. Whatever waits here returns only when the work has ended and holds nothing any more. Failures keep their type: {@code IOException},
 * {@code InterruptedException}, {@code RuntimeException} and {@code Error} are thrown as they are.
 */
package io.agnes.core.work;
