/** Live editing: route files that are saved while Wadi runs are taken over as a whole, or refused with the reason. */
package io.wadi.runtime.reload;
