import FaultKit
import Glibc

/// An answer that is not what was asked for: a status, and a sentence that says what to do.
struct Refusal: Error {
    let status: Int
    let reason: String
    let sentence: String
    var fields: Fields = [:]

    /// A text body, without the fields that every response has.
    var response: Response {
        let body = Body.text(self.sentence + "\n")
        var fields = self.fields
        fields.add("Content-Type", "text/plain; charset=utf-8")
        fields.add("Content-Length", String(body.count))
        return Response(status: self.status, reason: self.reason, fields: fields, body: body)
    }

    static func badRequest(_ sentence: String) -> Refusal {
        Refusal(status: 400, reason: "Bad Request", sentence: sentence)
    }

    static func forbidden(_ sentence: String) -> Refusal {
        Refusal(status: 403, reason: "Forbidden", sentence: sentence)
    }

    static func notFound(_ sentence: String) -> Refusal {
        Refusal(status: 404, reason: "Not Found", sentence: sentence)
    }

    static func nothing(at target: Target) -> Refusal {
        .notFound("There is no \(target.path) here; ask for / to see what is served.")
    }

    /// A folder was asked for as if it were a file.
    static func moved(to folder: Target) -> Refusal {
        let path = folder.path + "/"
        return Refusal(
            status: 301, reason: "Moved Permanently",
            sentence: "This is a folder; ask for \(path) to see what it holds.",
            fields: ["Location": path + (folder.query.map { "?" + $0 } ?? "")])
    }

    static func methodNotAllowed(_ method: String) -> Refusal {
        Refusal(
            status: 405, reason: "Method Not Allowed",
            sentence: "\(method) is not for what is served here; use GET or HEAD.",
            fields: ["Allow": Origin.allowed])
    }

    static let targetTooLong = Refusal(
        status: 414, reason: "URI Too Long",
        sentence: "The request target is longer than \(Target.limit) bytes; ask for a shorter one.")

    static let conditionFailed = Refusal(
        status: 412, reason: "Precondition Failed",
        sentence: "If-Match or If-Unmodified-Since does not hold for what is served now; "
            + "request it again without them.")

    static func rangeNotSatisfiable(count: Int) -> Refusal {
        Refusal(
            status: 416, reason: "Range Not Satisfiable",
            sentence: "None of the ranges lies in the \(count) bytes; ask for some that do.",
            fields: ["Content-Range": "bytes */\(count)"])
    }

    static func failed(_ sentence: String) -> Refusal {
        Refusal(status: 500, reason: "Internal Server Error", sentence: sentence)
    }

    static let notImplemented = Refusal(
        status: 501, reason: "Not Implemented",
        sentence: "The request's method is unknown here; use GET or HEAD.")

    /// Runs calls that open something; a failure says what it means to the client.
    static func opening<Value>(
        _ name: String, _ calls: () throws -> Value
    ) throws(Refusal) -> Value {
        do {
            return try calls()
        } catch let error as SystemError {
            throw .system(error, opening: name)
        } catch {
            throw .failed("\(name) cannot be served: \(error)")
        }
    }

    /// What a call that failed on a file means to the client.
    static func system(_ error: SystemError, opening name: String) -> Refusal {
        switch error.code {
        case ENOENT, ENOTDIR, ENAMETOOLONG:
            .notFound("There is no \(name) here; ask for / to see what is served.")
        case ELOOP:
            .notFound("\(name) is a symbolic link that leads in a circle; mend the link.")
        case EACCES, EPERM:
            .forbidden("The server may not read \(name); give it the permission.")
        case EMFILE, ENFILE:
            Refusal(
                status: 503, reason: "Service Unavailable",
                sentence: "The server has too many files open; try again later.",
                fields: ["Retry-After": "1"])
        default:
            .failed("\(name) cannot be opened: \(error); look at the server's disk.")
        }
    }
}
