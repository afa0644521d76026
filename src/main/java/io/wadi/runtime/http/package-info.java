/** HTTP: requests to other servers, and JSON and dates of responses. */
package io.wadi.runtime.http;
