/** HTTP: requests to other servers, and the date of responses. */
package io.wadi.runtime.http;
