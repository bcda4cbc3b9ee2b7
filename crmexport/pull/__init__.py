"""crmexport.pull"""
