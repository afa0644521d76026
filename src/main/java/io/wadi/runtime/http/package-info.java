/** Requests to other HTTP servers. */
package io.wadi.runtime.http;
