/** Icons by the names that manifests use (lucide); a name that is not here gets the icon of its family. */

import {
  Bell, BookmarkMinus, BookmarkPlus, Box, Cake, Calendar, CalendarClock, Clock, CircleHelp, CreditCard, Database, Eye, Filter, Flag, Gift, GitFork,
  GitMerge, Globe, Heart, Hourglass, Link, LogOut, Mail, MailOpen, Map, Megaphone, MessageSquare, Percent, Phone, Play, Radio, Repeat,
  Send, ShoppingBag, ShoppingCart, Shuffle, Split, Star, Tag, Tags, Target, Terminal, TicketPercent, Timer, Truck, UserCheck, UserPen,
  UserSearch, Users, Webhook, Workflow, Zap, type LucideIcon,
} from "lucide-react";

import type { Family } from "../graph/manifest";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  bell: Bell, "bookmark-minus": BookmarkMinus, "bookmark-plus": BookmarkPlus, box: Box, cake: Cake, calendar: Calendar,
  "calendar-clock": CalendarClock, clock: Clock, "circle-help": CircleHelp, "credit-card": CreditCard, database: Database, eye: Eye, filter: Filter, flag: Flag,
  gift: Gift, "git-fork": GitFork, "git-merge": GitMerge, globe: Globe, heart: Heart, hourglass: Hourglass, link: Link, "log-out": LogOut,
  mail: Mail, "mail-open": MailOpen, map: Map, megaphone: Megaphone, "message-square": MessageSquare, percent: Percent, phone: Phone,
  play: Play, radio: Radio, repeat: Repeat, send: Send, "shopping-bag": ShoppingBag, "shopping-cart": ShoppingCart, shuffle: Shuffle,
  split: Split, star: Star, tag: Tag, tags: Tags, target: Target, terminal: Terminal, "ticket-percent": TicketPercent, timer: Timer,
  truck: Truck, "user-check": UserCheck, "user-pen": UserPen, "user-search": UserSearch, users: Users, webhook: Webhook, zap: Zap,
};
const OF_FAMILY: Readonly<Record<Family, LucideIcon>> = { trigger: Zap, state: Eye, act: Play, control: Workflow };

/** The icon of a node. */
export function iconOf(name: string, family: Family): LucideIcon {
  return ICONS[name] ?? OF_FAMILY[family];
}
