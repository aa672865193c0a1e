-- Skips what Anarchive knows can be skipped: intros, credits and the like.
-- Reads <file>.anarchive.json beside the file that plays, and nothing else. Sends nothing anywhere.
-- Options, in script-opts/anarchive.conf or by --script-opts=anarchive-key=...:
--   key          skips what is only offered; "y" unless told otherwise
--   osd_seconds  how long a line is shown

local utils = require "mp.utils"

local opts = { key = "y", osd_seconds = 3 }
require("mp.options").read_options(opts, "anarchive")

local BYTES_MAX = 1024 * 1024
local OTHER_CUT_MS = 2000
local BINDING = "anarchive-skip"
local NAMES = {
    intro = "the intro", outro = "the credits", recap = "the recap",
    preview = "the preview", commercial = "the commercial",
}

local markers = {}
local offered = nil

local function say(line)
    mp.osd_message(line, opts.osd_seconds)
    mp.msg.info(line)
end

local function is_local(path)
    return path ~= nil and path ~= "-" and path:find("^%a[%w+.-]*://") == nil
end

local function whole(value)
    return type(value) == "number" and value == math.floor(value) and value >= 0
end

-- What is no sidecar of ours counts as none: half a list would skip half of what it says.
local function read_sidecar(path)
    local file = io.open(path, "rb")
    if file == nil then return nil end
    local text = file:read(BYTES_MAX + 1)
    file:close()
    if text == nil or #text > BYTES_MAX then return nil end
    local sidecar = utils.parse_json(text)
    if type(sidecar) ~= "table" or sidecar.anarchive ~= 1 or not whole(sidecar.duration_ms) then return nil end
    if type(sidecar.markers) ~= "table" then return nil end
    for _, marker in ipairs(sidecar.markers) do
        if type(marker) ~= "table" or NAMES[marker.type] == nil or not whole(marker.start_ms) then return nil end
        if marker.level ~= "auto-skip" and marker.level ~= "button" then return nil end
        if marker.end_ms ~= nil and not (whole(marker.end_ms) and marker.end_ms > marker.start_ms) then return nil end
    end
    return sidecar
end

local function skip(marker)
    marker.passed = true
    if marker.end_ms ~= nil then
        mp.commandv("seek", string.format("%.3f", marker.end_ms / 1000), "absolute+exact")
    else
        -- What comes next in the playlist, or the end.
        mp.commandv("seek", "100", "absolute-percent+exact")
    end
    say("Skipped " .. NAMES[marker.type])
end

local function withdraw()
    if offered == nil then return end
    mp.remove_key_binding(BINDING)
    offered = nil
end

local function offer(marker)
    if offered == marker then return end
    withdraw()
    offered = marker
    mp.add_forced_key_binding(opts.key, BINDING, function()
        withdraw()
        skip(marker)
    end)
    say("Press " .. opts.key .. " to skip " .. NAMES[marker.type])
end

local function on_position(_, seconds)
    if seconds == nil then return withdraw() end
    local now = seconds * 1000
    local button = nil
    for _, marker in ipairs(markers) do
        if now >= marker.start_ms and (marker.end_ms == nil or now < marker.end_ms) then
            if marker.level == "auto-skip" then
                -- Once: whoever goes back wants to see it.
                if not marker.passed then return skip(marker) end
            else
                button = button or marker
            end
        end
    end
    if button ~= nil then offer(button) else withdraw() end
end

-- Before the first frame, so that what begins with the file is skipped, too.
mp.add_hook("on_preloaded", 50, function()
    withdraw()
    markers = {}
    local path = mp.get_property("path")
    if not is_local(path) then return end
    path = utils.join_path(mp.get_property("working-directory", ""), path)
    local sidecar = read_sidecar(path .. ".anarchive.json")
    if sidecar == nil then return end
    local duration = mp.get_property_number("duration")
    if duration == nil or math.abs(duration * 1000 - sidecar.duration_ms) > OTHER_CUT_MS then
        mp.msg.warn("The markers are of a file of another length.")
        return
    end
    markers = sidecar.markers
end)

mp.observe_property("time-pos", "number", on_position)
