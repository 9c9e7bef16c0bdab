import FaultKit
import Glibc

/// What is sent of a resource: an image, and what is said about it (RFC 9110 §8).
struct Representation: Sendable {
    var image: Image
    /// Another for another content, edits apart.
    let stamp: String
    /// Seconds since 1970.
    let modified: Int
    /// Of the file, when it was opened; nil for an image in memory.
    let status: FileStatus?

    /// What is said of it as long as it is not edited: worked out once, as a file may be kept for many requests.
    private let tagOfWhole: EntityTag
    private let modifiedText: String
    private let type: String

    init(image: Image, stamp: String, modified: Int) {
        self.status = nil
        self.type = MediaType.of(image.name)
        self.tagOfWhole = EntityTag(stamp)
        self.modifiedText = HTTPDate.text(modified)
        self.image = image
        self.stamp = stamp
        self.modified = modified
    }

    /// Opens the very object that a handle stands for, if it is a file that may be served.
    /// - Parameters:
    ///   - handle: opened with `O_PATH`, which neither waits for a pipe nor wakes a device.
    ///   - name: as the client knows it.
    init(opening handle: Descriptor, name: [UInt8]) throws(Refusal) {
        let text = String(decoding: name, as: UTF8.self)
        guard try Refusal.opening(text, { try handle.status().kind }) == .file else {
            throw .forbidden("\(text) is no regular file; ask for one that is.")
        }
        let (file, status, location) = try Refusal.opening(text) {
            let file = try handle.reopened(O_RDONLY)
            return (file, try file.status(), try file.location())
        }
        let source = FileSource(file, count: status.size, name: text)
        self.image = Image(name: text, source: source)
        self.stamp = status.stamp
        self.modified = status.modified.seconds
        self.status = status
        self.type = MediaType.of(text)
        self.tagOfWhole = EntityTag(self.stamp)
        self.modifiedText = HTTPDate.text(self.modified)
        let ownName = location.split(separator: UInt8(ascii: "/")).last ?? []
        if PrivateKeyMaterial.isKeyName(text)
            || PrivateKeyMaterial.isKeyName(String(decoding: ownName, as: UTF8.self))
            || Self.holdsPrivateKey(self.image)
        {
            throw .forbidden("\(text) is or holds a private key, which is never served; remove it.")
        }
    }

    var tag: EntityTag {
        let edits = self.image.edits
        return edits == 0 ? self.tagOfWhole : EntityTag("\(self.stamp)-\(edits.hexadecimal)")
    }

    /// The answer to a GET or HEAD request, without the fields that every response has.
    /// - Parameter now: seconds since 1970.
    func response(to request: Request, now: Int) throws(Refusal) -> Response {
        // A time in the future is said to be now (RFC 9110 §8.8.2.1).
        let tag = self.tag
        let validators = Validators(tag: tag, modified: min(self.modified, now))
        let modified = self.modified <= now ? self.modifiedText : HTTPDate.text(now)
        let fields = [Field("Last-Modified", modified), Field("ETag", tag.description)]
        switch validators.verdict(on: request, now: now) {
        case .failed: throw .conditionFailed
        case .notModified:
            return Response(status: 304, reason: "Not Modified", fields: Fields(fields))
        case .proceed: break
        }
        guard let ranges = self.ranges(of: request, validators, now: now) else {
            return self.whole(fields)
        }
        guard !ranges.isEmpty else { throw .rangeNotSatisfiable(count: self.image.count) }
        return self.partial(ranges, fields)
    }

    /// The ranges to send, none if the request's cannot be satisfied, and nil to send the whole.
    private func ranges(
        of request: Request, _ validators: Validators, now: Int
    ) -> [Range<Int>]? {
        let values = request.fields.all("Range")
        guard request.method == "GET", values.count == 1, let ranges = ByteRanges(values[0]),
            validators.allowsRange(request, now: now)
        else { return nil }
        // An empty content satisfies a suffix, but no Content-Range can say so (RFC 9110 §14.4).
        if self.image.isEmpty, ranges.specs.contains(where: \.isSatisfiedByNothing) { return nil }
        return ranges.resolved(in: self.image.count)
    }

    private func whole(_ fields: [Field]) -> Response {
        let count = self.image.count
        let parts: [Body.Part] = count > 0 ? [.image(self.image, 0..<count)] : []
        return self.response(200, "OK", type: self.type, fields, Body(parts))
    }

    private func partial(_ ranges: [Range<Int>], _ fields: [Field]) -> Response {
        if ranges.count == 1 {
            var response = self.response(
                206, "Partial Content", type: self.type, fields,
                Body([.image(self.image, ranges[0])]))
            response.fields.add("Content-Range", ranges[0].contentRange(of: self.image.count))
            return response
        }
        let multipart = Multipart(tag: self.tag)
        return self.response(
            206, "Partial Content", type: multipart.type, fields,
            multipart.body(self.image, ranges, type: self.type))
    }

    private func response(
        _ status: Int, _ reason: String, type: String, _ fields: [Field], _ body: Body
    ) -> Response {
        var list: [Field] = []
        // With room for those that every answer has.
        list.reserveCapacity(10)
        list.append(Field("Content-Type", type))
        list.append(Field("Content-Length", String(body.count)))
        list += fields
        list.append(Field("Accept-Ranges", "bytes"))
        return Response(status: status, reason: reason, fields: Fields(list), body: body)
    }

    /// Looks into files that are small enough to be keys. One that cannot be read is not cleared.
    private static func holdsPrivateKey(_ image: Image) -> Bool {
        guard image.count <= 1 << 20 else { return false }
        guard let prefix = try? image.bytes(in: 0..<min(image.count, 1 << 16)) else { return true }
        return PrivateKeyMaterial.isPresent(in: prefix, fileSize: image.count)
    }
}

extension FileStatus {
    /// Another for another content of a file: it, its size or its time differs.
    var stamp: String {
        let seconds = UInt64(bitPattern: Int64(self.modified.seconds))
        let time = seconds &* 1_000_000_000 &+ UInt64(bitPattern: Int64(self.modified.nanoseconds))
        return [self.device, self.inode, UInt64(bitPattern: Int64(self.size)), time]
            .map(\.hexadecimal).joined(separator: "-")
    }
}

extension ByteRanges.Spec {
    fileprivate var isSatisfiedByNothing: Bool {
        switch self {
        case .from: false
        case .suffix(let count): count > 0
        }
    }
}
