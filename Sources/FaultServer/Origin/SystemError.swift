import Glibc

/// What the system answered when it refused a call.
struct SystemError: Error, Hashable, CustomStringConvertible {
    let code: Int32

    /// The error of the call that has just failed on this thread.
    static var last: SystemError { SystemError(code: errno) }

    var description: String { String(cString: strerror(self.code)) }
}
